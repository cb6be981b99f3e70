type Attempt = 'written' | 'refused' | 'failed';

export interface Isolation<Row, Verdict> {
  /** Writes all of the rows in one transaction; it rejects when the transaction fails. */
  readonly write: (rows: readonly Row[]) => Promise<Verdict[]>;
  /**
   * The verdict of the one row whose transaction failed alone. @throws an error that is no row's fault: then nothing more is
   * tried
   */
  readonly refuse: (error: unknown, rows: readonly Row[]) => Verdict;
}

/**
 * Writes rows although some of them make their whole transaction fail. A part that fails is halved: the left half is tried,
 * and if it is written, the culprit is in the right one. All rows that are set aside on the way down to a culprit go
 * together into one more transaction, where the next culprit is looked for. So one bad row of n costs at most ⌈log₂ n⌉ + 2
 * extra transactions (docs/decisions/0006-halving-down-to-one-culprit.md). Trying each half by itself took 2·log₂ n of them.
 *
 * @param rows in lock order, which every attempt keeps
 * @returns a verdict per row, in that order
 */
export async function isolateRefused<Row, Verdict>(
  rows: readonly Row[],
  { write, refuse }: Isolation<Row, Verdict>,
): Promise<Verdict[]> {
  const verdicts = new Array<Verdict>(rows.length);

  async function attempt(places: readonly number[]): Promise<Attempt> {
    const tried = places.map((place) => rows[place]!);
    try {
      const written = await write(tried);
      places.forEach((place, index) => (verdicts[place] = written[index]!));
      return 'written';
    } catch (error) {
      const verdict = refuse(error, tried);
      if (places.length > 1) return 'failed';
      verdicts[places[0]!] = verdict;
      return 'refused';
    }
  }

  /** Finds one culprit, and writes what it can on the way. @returns the places of the rest. */
  async function findOne(failed: readonly number[]): Promise<readonly number[]> {
    let suspects = failed;
    let aside: readonly number[] = [];
    while (suspects.length > 1) {
      const middle = suspects.length >> 1;
      const right = suspects.slice(middle);
      const outcome = await attempt(suspects.slice(0, middle));
      if (outcome === 'written') {
        suspects = right;
        continue;
      }
      aside = [...right, ...aside];
      if (outcome === 'refused') return aside;
      suspects = suspects.slice(0, middle);
    }
    // The culprit is tried alone, too, because the error may be of a kind that comes and goes.
    await attempt(suspects);
    return aside;
  }

  let waiting: readonly number[] = rows.map((_, place) => place);
  while (waiting.length > 0 && (await attempt(waiting)) === 'failed') waiting = await findOne(waiting);
  return verdicts;
}
