import { TimeRange } from '../../domain/time-range.js';
import type { Projections } from './projections.port.js';

/**
 * Parts a range into slices of whole hours (UTC), oldest first, and leaves out what holds neither facts nor counts: a year
 * without events costs one look.
 *
 * @param from start of the first slice that is wanted, epoch milliseconds.
 */
export async function* slicesOf(
  projections: Projections,
  range: TimeRange,
  sliceMs: number,
  from = range.start,
): AsyncGenerator<TimeRange> {
  for (let position: number | null = from; position !== null && position < range.end;) {
    position = await projections.next(position);
    if (position === null || position >= range.end) return;
    const end = Math.min(range.end, (Math.floor(position / sliceMs) + 1) * sliceMs);
    yield TimeRange.halfOpen(position, end);
    position = end;
  }
}
