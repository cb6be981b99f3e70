import type { Box } from './projection.js';
import type { Seen } from './typical-page.js';

const LEAST_CLICKS = 3;
/** Clicks that lie closer together within their element than this do not tell its size. */
const LEAST_SPREAD = 0.05;
/** A part of the page. An element that fits worse did not stand at the same place for everybody. */
const MOST_ERROR = 0.015;

/**
 * The elements that were hit, drawn from the clicks alone: a click tells where it was in the page and where in its element, so a
 * few of them tell where the element is. Fractions of the document, by selector.
 *
 * @param observed at about one width: elsewhere an element may stand elsewhere
 */
export function outlines(observed: readonly Seen[]): ReadonlyMap<string, Box> {
  const byElement = new Map<string, Seen[]>();
  for (const one of observed) {
    const selector = one.target?.selector ?? null;
    if (selector === null || one.target?.x === null || one.target?.y === null) continue;
    byElement.set(selector, [...(byElement.get(selector) ?? []), one]);
  }
  const found = new Map<string, Box>();
  for (const [selector, clicks] of byElement) {
    const across = lineThrough(clicks.map(({ x, target }) => [target!.x ?? 0, x]));
    const down = lineThrough(clicks.map(({ y, target }) => [target!.y ?? 0, y]));
    if (across === null || down === null) continue;
    found.set(selector, { left: across.start, width: across.length, top: down.start, height: down.length });
  }
  return found;
}

/** Least squares of `place = start + length × part`; null where they tell too little, or contradict each other. */
function lineThrough(points: readonly (readonly [number, number])[]): { start: number; length: number } | null {
  const n = points.length;
  if (n < LEAST_CLICKS) return null;
  const mean = (of: 0 | 1) => points.reduce((sum, point) => sum + point[of], 0) / n;
  const [part, place] = [mean(0), mean(1)];
  const spread = points.reduce((sum, [p]) => sum + (p - part) ** 2, 0) / n;
  if (Math.sqrt(spread) < LEAST_SPREAD) return null;
  const together = points.reduce((sum, [p, at]) => sum + (p - part) * (at - place), 0) / n;
  const length = together / spread;
  const start = place - length * part;
  const error = Math.sqrt(points.reduce((sum, [p, at]) => sum + (start + length * p - at) ** 2, 0) / n);
  if (length <= 0 || error > MOST_ERROR || start < -MOST_ERROR || start + length > 1 + MOST_ERROR) return null;
  return { start, length };
}
