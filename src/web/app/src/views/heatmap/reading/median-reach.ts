interface Reached {
  readonly depth: number;
  /** The share of the views. */
  readonly share: number;
}

/** How far half of all views were read, as a fraction of the page; null without views. Between two depths it is interpolated. */
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
