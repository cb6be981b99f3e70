import { DAY_MS } from '../../events/domain/calendar.js';
import { TimeRange } from '../../events/domain/time-range.js';
import { TimeZone } from '../domain/time-zone.js';
import { inWrittenYears, previousOf } from './requested-window.js';

/** `previous`: the window of the same elapsed length just before. The others: the same clock times so long before. */
export const COMPARES = ['previous', 'day', 'week', 'year'] as const;
export type Compare = (typeof COMPARES)[number];

/** How far back the clocks are looked at, and a bit. */
const REACH_MS = { day: 2 * DAY_MS, week: 9 * DAY_MS, year: 370 * DAY_MS } as const;

/** The window that another one is compared with. */
export interface Comparing {
  readonly with: Compare;
  /** An IANA zone that exists; of no meaning to `previous`. */
  readonly tz: string;
}

/**
 * The window that another one is compared with. Where the clocks change between the two, it is as long as the clocks say; a time
 * that the earlier day skipped is the first after the gap, one that it had twice is the first of the two; 29 February a year before is
 * 28 February.
 *
 * @throws {InvalidTimeRange}
 */
export function comparedRange(range: TimeRange, { with: compare, tz }: Comparing): TimeRange {
  if (compare === 'previous') return previousOf(range);
  const reach = REACH_MS[compare];
  inWrittenYears(range.start - reach, 'compare');
  const earlier = (at: number) => {
    const zone = TimeZone.between(tz, at - reach, at + DAY_MS);
    return zone.firstInstantOf(before(at + zone.at(at).offset, compare));
  };
  const since = earlier(range.start - 1);
  // A window that ends in an hour shown twice would, by the clocks, end before it begins.
  return TimeRange.halfOpen(since + 1, Math.max(earlier(range.end - 1), since) + 1);
}

/** @param local what the clocks show, as if it were UTC */
function before(local: number, compare: Exclude<Compare, 'previous'>): number {
  if (compare === 'day') return local - DAY_MS;
  if (compare === 'week') return local - 7 * DAY_MS;
  const date = new Date(local);
  const day = date.getUTCDate();
  date.setUTCFullYear(date.getUTCFullYear() - 1);
  // 29 February has become 1 March.
  if (date.getUTCDate() !== day) date.setUTCDate(0);
  return date.getTime();
}
