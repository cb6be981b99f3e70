/**
 * Events of one millisecond are in any order that a funnel needs, and each serves one step: which steps can they serve together?
 * Those of a range of steps, where every set of its conditions is met by as many events as it has steps (Hall's theorem of 1935).
 */
export interface Need {
  /** Numbers of conditions, ascending. */
  readonly conditions: readonly number[];
  /** So many events must meet one of them. */
  readonly events: number;
}

/**
 * @param steps of each step the number of its condition, and its kind: conditions of different kinds share no event
 * @param first index of the first step of the range @param last of the last
 */
export function needsOf(steps: readonly { condition: number; kind: string }[], first: number, last: number): Need[] {
  const range = steps.slice(first, last + 1);
  return [...new Set(range.map(({ kind }) => kind))].flatMap((kind) => {
    const ofKind = range.filter((step) => step.kind === kind).map(({ condition }) => condition);
    return subsets([...new Set(ofKind)].sort((a, b) => a - b)).map((conditions) => ({
      conditions,
      events: ofKind.filter((condition) => conditions.includes(condition)).length,
    }));
  });
}

/** Without the empty one. */
export function subsets(all: readonly number[]): number[][] {
  return all.reduce<number[][]>((found, one) => [...found, [one], ...found.map((set) => [...set, one])], []);
}
