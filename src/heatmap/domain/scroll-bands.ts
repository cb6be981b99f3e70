/** Pixels of `scroll_y` in one band of the distribution. */
export const BAND_PX = 500;

/** The number of clicks that were made while the page was scrolled this far. */
export interface BandCount {
  /** The n-th 500 pixels, counted from 0. */
  readonly band: number;
  readonly clicks: number;
}

/** All bands from the top to the last one that has clicks, with the empty ones. @param counts each band at most once */
export function scrollDistribution(counts: readonly BandCount[]): { from: number; to: number; clicks: number }[] {
  const clicksOf = new Map(counts.map(({ band, clicks }) => [band, clicks]));
  return Array.from({ length: Math.max(-1, ...clicksOf.keys()) + 1 }, (_, band) => ({
    from: band * BAND_PX,
    to: (band + 1) * BAND_PX,
    clicks: clicksOf.get(band) ?? 0,
  }));
}
