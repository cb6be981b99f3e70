import { DAY_MS } from '../../events/domain/calendar.js';
import { TimeRange } from '../../events/domain/time-range.js';
import { TimeZone } from './time-zone.js';

export const REPORTS = { daily: 'day', weekly: 'week', monthly: 'month' } as const;
export type Report = keyof typeof REPORTS;

const REACH_MS = 100 * DAY_MS;

/**
 * The last day, week (from Monday) or month of the zone's clocks that is over, and the one before, each from its first
 * millisecond to its last.
 *
 * @param now epoch milliseconds
 * @param tz an IANA zone that exists
 */
export function finishedPeriods(report: Report, now: number, tz: string): { last: TimeRange; before: TimeRange } {
  const zone = TimeZone.between(tz, now - REACH_MS, now + DAY_MS);
  const today = new Date(now + zone.at(now).offset);
  /** Midnight of the first day of the n-th period; 0 is the one that still runs. */
  const start = (n: number) => {
    const date = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()));
    if (report === 'monthly') date.setUTCMonth(date.getUTCMonth() + n, 1);
    else if (report === 'weekly') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7) + 7 * n);
    else date.setUTCDate(date.getUTCDate() + n);
    return zone.firstInstantOf(date.getTime());
  };
  return { last: TimeRange.halfOpen(start(-1), start(0)), before: TimeRange.halfOpen(start(-2), start(-1)) };
}
