/**
 * The second writer starts when what waits is worth a transaction of its own, or when the first takes long: so PostgreSQL
 * works while the answers to the group before leave. Over 64 connections 28 rows made 1.15 × the events of 250 for the same
 * processor time each; with 20 the groups are so small that their statements cost a third more. A write that takes long does so
 * for what PostgreSQL waits for, so that another one beside it costs nothing: where each row took 4 ms, 8 ms let in 1.7 times what
 * 50 ms did, and who was let in waited less (`npm run test:limits -- overload`).
 */
const ROWS_WORTH_ANOTHER_WRITER = 28;
const LONG_WRITE_MS = 8;

/**
 * When another write may begin.
 *
 * | writes in flight | one more begins |
 * | --- | --- |
 * | none | at once |
 * | some, fewer than WRITER_CONNECTIONS | with 28 rows that wait, or 8 ms after the last one began |
 * | as many as WRITER_CONNECTIONS | when one ends |
 */
export class WriterSlots {
  private busy = 0;
  private lastStart = 0;
  private timer: NodeJS.Timeout | null = null;

  /** @param connections WRITER_CONNECTIONS @param again is called when a slot that was refused for the time may be free by now */
  constructor(
    private readonly connections: number,
    private readonly again: () => void,
  ) {}

  mayBegin(waitingRows: number): boolean {
    if (this.busy === 0) return true;
    if (this.busy >= this.connections) return false;
    const waited = performance.now() - this.lastStart;
    if (waitingRows >= ROWS_WORTH_ANOTHER_WRITER || waited >= LONG_WRITE_MS) return true;
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.again();
    }, LONG_WRITE_MS - waited).unref();
    return false;
  }

  /** @returns whether another write is in flight already */
  begin(): boolean {
    this.busy += 1;
    this.lastStart = performance.now();
    return this.busy > 1;
  }

  end(): void {
    this.busy -= 1;
  }
}
