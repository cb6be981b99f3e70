/** The colours from few clicks to many. They also differ in lightness. */
const STOPS = [
  [43, 80, 216],
  [25, 167, 206],
  [62, 196, 109],
  [244, 208, 63],
  [232, 89, 12],
] as const;
/** A page with three clicks is no fire. */
const LEAST_TOP = 5;
const LEAST_BETWEEN = 0.16;

/** How many clicks have the hottest colour. */
export const topOf = (most: number): number => Math.max(LEAST_TOP, most);

/**
 * A number from 0 to 1. It grows by the root of the clicks, because otherwise one button that everybody presses would be all
 * that is seen.
 */
export const heatOf = (clicks: number, top: number): number => Math.min(1, Math.sqrt(clicks / top));

/** Red, green and blue. */
export function colourAt(heat: number): readonly [number, number, number] {
  const at = Math.min(0.9999, Math.max(0, heat)) * (STOPS.length - 1);
  const [from, to] = [STOPS[Math.floor(at)]!, STOPS[Math.floor(at) + 1]!];
  const part = at % 1;
  const mixed = (of: 0 | 1 | 2) => Math.round(from[of] * (1 - part) + to[of] * part);
  return [mixed(0), mixed(1), mixed(2)];
}

/** Few clicks let the page through. */
export const coverAt = (clicks: number, heat: number): number => Math.min(1, clicks * 1.5) * (0.32 + 0.68 * heat);

export interface Tick {
  readonly clicks: number;
  /** 0 … 1 along the scale. */
  readonly at: number;
}

/** Round figures along the scale, and both of its ends. */
export function ticksOf(top: number): readonly Tick[] {
  const ticks: Tick[] = [{ clicks: 1, at: heatOf(1, top) }];
  for (let unit = 1; unit <= top; unit *= 10) {
    for (const clicks of [unit, unit * 2, unit * 5]) {
      const at = heatOf(clicks, top);
      if (at - ticks.at(-1)!.at >= LEAST_BETWEEN && 1 - at >= LEAST_BETWEEN) ticks.push({ clicks, at });
    }
  }
  return [...ticks, { clicks: top, at: 1 }];
}
