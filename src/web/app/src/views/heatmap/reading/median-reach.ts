interface Reached {
  readonly depth: number;
  /** Of the views. */
  readonly share: number;
}

/** How far half of all views got, as a fraction of the page; null without views. Between two depths as if by a line. */
export function medianReach(reach: readonly Reached[]): number | null {
  if (reach.every(({ share }) => share === 0)) return null;
  let before: Reached = { depth: 0, share: 1 };
  for (const at of reach) {
    if (at.share < 0.5) {
      const part = (before.share - 0.5) / (before.share - at.share);
      return before.depth + part * (at.depth - before.depth);
    }
    before = at;
  }
  return before.depth;
}
