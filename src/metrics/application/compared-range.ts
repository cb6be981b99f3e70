import { DAY_MS } from '../../events/domain/calendar.js';
import { TimeRange } from '../../events/domain/time-range.js';
import { TimeZone } from '../domain/time-zone.js';
import { inWrittenYears, previousOf } from './requested-window.js';

/**
 * `previous`: the window of the same elapsed length just before. The others: the same clock times a day, a week or a year
 * before.
 */
export const COMPARES = ['previous', 'day', 'week', 'year'] as const;
export type Compare = (typeof COMPARES)[number];

/** The clocks are looked at this far back: a year and a bit. */
const REACH_MS = { day: 2 * DAY_MS, week: 9 * DAY_MS, year: 370 * DAY_MS } as const;

/** The window that another one is compared with. */
export interface Comparing {
  readonly with: Compare;
  /** An IANA zone that exists. `previous` does not use it. */
  readonly tz: string;
}

/**
 * The window that another one is compared with. If the clocks change between the two, it is as long as the clocks say. A
 * time that the earlier day skipped is the first one after the gap. A time that it had twice is the first of the two. A year
 * before 29 February is 28 February.
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
  // A window may end in an hour that the clocks show twice. By the clocks it could then end before it begins.
  return TimeRange.halfOpen(since + 1, Math.max(earlier(range.end - 1), since) + 1);
}

/** @param local the time that the clocks show, as if it were UTC */
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
