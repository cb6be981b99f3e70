/**
 * Events of one millisecond have no order, so a funnel takes them in any order that it needs, and each serves one step.
 * Which steps can they serve together? They can serve a range of steps if every set of its conditions is met by at least as
 * many events as it has steps (Hall's theorem of 1935).
 */
export interface Need {
  /** The numbers of the conditions, ascending. */
  readonly conditions: readonly number[];
  /** At least this many events must meet one of them. */
  readonly events: number;
}

/**
 * @param steps the number of the condition of each step, and its kind: conditions of different kinds share no event
 * @param first index of the first step of the range
 * @param last index of its last step
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

/** All subsets but the empty one. */
export function subsets(all: readonly number[]): number[][] {
  return all.reduce<number[][]>((found, one) => [...found, [one], ...found.map((set) => [...set, one])], []);
}
