import { signal } from '@preact/signals';

/** The moment under the pointer, epoch milliseconds, in every chart of the view at once; null: it points at none. */
export const pointed = signal<number | null>(null);

/** Place of the nearest of these times; null: none is pointed at, or it lies outside. @param times oldest first, epoch milliseconds */
export function pointedPlace(times: readonly number[]): number | null {
  const at = pointed.value;
  const [first, last] = [times[0], times.at(-1)];
  if (at === null || first === undefined || last === undefined || at < first || at > last) return null;
  let nearest = 0;
  for (let place = 1; place < times.length; place++) {
    if (Math.abs(times[place]! - at) <= Math.abs(times[nearest]! - at)) nearest = place;
  }
  return nearest;
}
