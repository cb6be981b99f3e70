export interface Reached {
  readonly depth: number;
  /** Of the views. */
  readonly share: number;
}

/** How far half of all views got, as a fraction of the page; null without views. Between two depths as if by a line. */
export function medianReach(reach: readonly Reached[]): number | null {
  if (reach.length === 0 || reach.every(({ share }) => share === 0)) return null;
  let before: Reached = { depth: 0, share: 1 };
  for (const at of reach) {
    if (at.share < 0.5) return before.depth + ((before.share - 0.5) / (before.share - at.share)) * (at.depth - before.depth);
    before = at;
  }
  return before.depth;
}

/** The share of clicks on what is seen without scrolling, of those that tell how large their page was; null: none does. */
export function aboveFold(
  clicks: readonly { readonly y: number; readonly document_height: number | null; readonly viewport_height: number | null }[],
): number | null {
  const telling = clicks.filter(({ document_height, viewport_height }) => document_height && viewport_height);
  if (telling.length === 0) return null;
  const above = telling.filter(({ y, document_height, viewport_height }) => y * document_height! <= viewport_height!);
  return above.length / telling.length;
}
