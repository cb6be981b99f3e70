import { DAY_MS, HOUR_MS } from '../../events/domain/calendar.js';
import { InvalidTimeRange, TimeRange } from '../../events/domain/time-range.js';
import { EARLIEST_MS } from '../../events/domain/timestamps.js';
import { RangeTooLong } from '../../events/domain/counts/range-too-long.js';

export const PERIODS = { '1h': HOUR_MS, '24h': 24 * HOUR_MS, '7d': 7 * DAY_MS } as const;
export type Period = keyof typeof PERIODS;

/** The longest window is ten years: 350,000 quarter-hours, which take about a second to add up. */
export const MAX_RANGE_DAYS = 3660;

/** The window as a client asks for it: a period that ends now, or `(from, to]`. If both are given, the latter wins. */
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
 * The window is `(now − period, now]`. With `from` alone it ends now; with `to` alone it is the period before `to`.
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
  if (from === null) inWrittenYears(since, 'to');
  if (until - since > MAX_RANGE_DAYS * DAY_MS) {
    throw new RangeTooLong('from', `must be at most ${MAX_RANGE_DAYS} days before to`);
  }
  return { range: TimeRange.halfOpen(since, until), period: null };
}

/**
 * The window of the same elapsed length, just before.
 *
 * @throws {InvalidTimeRange}
 */
export function previousOf({ start, end }: TimeRange): TimeRange {
  const before = TimeRange.halfOpen(start - (end - start), start);
  inWrittenYears(before.start, 'compare');
  return before;
}

/** The answer states its window, and RFC 3339 has no year before the first one that we take. */
export function inWrittenYears(start: number, field: string): void {
  if (start - 1 >= EARLIEST_MS) return;
  throw new InvalidTimeRange([{ field, message: 'must not ask for a window that begins before the year 1' }]);
}
