import { type ByDevice, byDevice, DEVICE_CLASS_NAMES, type DeviceClass } from './device-class.js';
import type { CellCount, Grid } from './grid.js';
import type { BandCount } from './scroll-bands.js';

/**
 * Each click is one number. It holds the layer, the cell (one more for clicks without a place), the place of its class of
 * device in 2 bits, and the band of `scroll_y` in 11 bits (a million pixels are 2,000 bands). With 100 × 100 cells it stays
 * below 2^28.
 */
export const BAND_BITS = 11;
export const DEVICE_BITS = 2;
/** The band of clicks that do not say how far the page was scrolled. */
export const NO_BAND = 2 ** BAND_BITS - 1;
export const REST_BITS = BAND_BITS + DEVICE_BITS;
/** The bits of device and band together. */
export const REST = 2 ** REST_BITS - 1;
/** This bit of a cell's number is set for clicks that are not placed in the document. */
export const OTHER_LAYER = 2 ** 14;

export interface ClickCounts {
  /** The cells of the document layer. */
  readonly placed: readonly CellCount[];
  readonly fixed: readonly CellCount[];
  readonly withoutPosition: number;
  /** The clicks of all three kinds, by device. */
  readonly byDevice: ByDevice;
  readonly byScroll: readonly BandCount[];
  readonly withoutScroll: number;
}

/**
 * Counts packed clicks.
 *
 * @param parts the clicks, in any order and any number of parts
 * @param grid by which they were packed
 * @param device null: all devices
 */
export function clickCountsOf(parts: Iterable<Uint32Array>, grid: Grid, device: DeviceClass | null): ClickCounts {
  const byCell = new Uint32Array(2 * OTHER_LAYER);
  const byRest = new Uint32Array(REST + 1);
  const wanted = device === null ? null : DEVICE_CLASS_NAMES.indexOf(device);
  for (const clicks of parts) {
    for (let n = 0; n < clicks.length; n += 1) {
      const click = clicks[n]!;
      const rest = click & REST;
      if (wanted !== null && rest >> BAND_BITS !== wanted) continue;
      byCell[click >> REST_BITS]! += 1;
      byRest[rest]! += 1;
    }
  }
  const devices = [0, 0, 0, 0];
  const bands = new Uint32Array(NO_BAND + 1);
  byRest.forEach((clicks, rest) => {
    devices[rest >> BAND_BITS]! += clicks;
    bands[rest & NO_BAND]! += clicks;
  });
  return {
    placed: cellCounts(byCell, 0, grid.cells),
    fixed: cellCounts(byCell, OTHER_LAYER, grid.cells),
    withoutPosition: byCell[OTHER_LAYER + grid.cells]!,
    byDevice: byDevice((place) => devices[place]!),
    byScroll: [...bands].flatMap((clicks, band) => (band === NO_BAND || clicks === 0 ? [] : [{ band, clicks }])),
    withoutScroll: bands[NO_BAND]!,
  };
}

/** The cells of a layer that have clicks. @param from where the layer begins */
function cellCounts(byCell: Uint32Array, from: number, cells: number): CellCount[] {
  const counts: CellCount[] = [];
  for (let cell = 0; cell < cells; cell += 1) {
    const clicks = byCell[from + cell]!;
    if (clicks > 0) counts.push({ cell, clicks });
  }
  return counts;
}
