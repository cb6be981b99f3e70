import { DAY_MS, HOUR_MS } from '../../events/domain/calendar.js';
import { InvalidTimeRange, TimeRange } from '../../events/domain/time-range.js';
import { RangeTooLong } from '../../events/domain/counts/range-too-long.js';

export const PERIODS = { '1h': HOUR_MS, '24h': 24 * HOUR_MS, '7d': 7 * DAY_MS } as const;
export type Period = keyof typeof PERIODS;

/** Ten years: 350,000 quarter-hours, about a second to add up. */
export const MAX_RANGE_DAYS = 3660;
const EARLIEST = Date.parse('1900-01-01T00:00:00.000Z');
const LATEST = Date.parse('9000-01-01T00:00:00.000Z');

/** As a client asks: a period that ends now, or `(from, to]`, which wins. */
export interface WindowRequest {
  readonly period: Period;
  readonly from: string | null;
  readonly to: string | null;
}

export interface RequestedWindow {
  readonly range: TimeRange;
  /** Null when `from` or `to` decided. */
  readonly period: Period | null;
}

/**
 * `(now − period, now]`; with `from` alone up to now, with `to` alone the period before it.
 *
 * @param now epoch milliseconds
 * @throws {InvalidTimeRange} @throws {RangeTooLong}
 */
export function requestedWindow({ period, from, to }: WindowRequest, now: number): RequestedWindow {
  if (from === null && to === null) return { range: TimeRange.upTo(now, PERIODS[period]), period };
  const { start, end } = TimeRange.parse(from, to);
  const until = to === null ? now + 1 : end;
  const since = from === null ? until - PERIODS[period] : start;
  if (since > until) throw new InvalidTimeRange([{ field: 'from', message: 'must not be later than now, or give to' }]);
  for (const [field, time] of [
    [to === null ? 'from' : 'to', until],
    [from === null ? 'to' : 'from', since],
  ] as const) {
    if (time < EARLIEST || time > LATEST) {
      throw new InvalidTimeRange([{ field, message: 'must lie in the years 1900 to 8999' }]);
    }
  }
  if (until - since > MAX_RANGE_DAYS * DAY_MS) {
    throw new RangeTooLong('from', `must be at most ${MAX_RANGE_DAYS} days before to`);
  }
  return { range: TimeRange.halfOpen(since, until), period: null };
}

/** Of the same elapsed length, just before. */
export const previousOf = ({ start, end }: TimeRange) => TimeRange.halfOpen(start - (end - start), start);
