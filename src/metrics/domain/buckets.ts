import { DAY_MS, FIRST_MONDAY_MS, HOUR_MS, WEEK_MS } from '../../events/domain/calendar.js';
import { QUARTER_HOUR_MS } from '../../events/domain/counts/count-buckets.js';
import type { TimeRange } from '../../events/domain/time-range.js';
import { RangeTooLong } from '../../events/domain/counts/range-too-long.js';
import { TimeZone } from './time-zone.js';

const MINUTE_MS = 60_000;

/** The usual length of each, shortest first. A day with a change of clocks has 23 or 25 hours. */
export const INTERVALS = {
  minute: MINUTE_MS,
  quarter_hour: QUARTER_HOUR_MS,
  hour: HOUR_MS,
  day: DAY_MS,
  week: WEEK_MS,
} as const;
export type Interval = keyof typeof INTERVALS;

/** A chart can show so many buckets; the answer then has about 300 kB. */
export const MAX_BUCKETS = 1500;
/** This suffices for a chart if the request names no interval. */
const USUAL_BUCKETS = 200;

export interface Buckets {
  /** The instants where each bucket begins on the zone's clocks, ascending. The first one is at or before the window's start. */
  readonly starts: readonly number[];
  /** The instant where the last one ends. */
  readonly end: number;
  readonly zone: TimeZone;
}

/** The shortest interval that needs at most so many buckets for a window. */
export const intervalFor = ({ start, end }: TimeRange, atMost = USUAL_BUCKETS): Interval =>
  (Object.keys(INTERVALS) as Interval[]).find((interval) => (end - start) / INTERVALS[interval] + 1 <= atMost) ??
  'week';

/**
 * The buckets that a window touches: whole minutes, quarter-hours, hours, days or weeks (from Monday) of the zone's clocks.
 * If the clocks change, an hour (or less) ends there, and an hour that comes twice is two buckets. A window `(from, to]` may
 * end where a bucket begins, such as at midnight. That one millisecond gets no bucket: an event at `to` belongs to the last
 * bucket before it.
 *
 * @throws {RangeTooLong} when there are more than MAX_BUCKETS; it says which interval would do
 */
export function bucketsOf(window: TimeRange, interval: Interval, zoneName: string): Buckets {
  const length = INTERVALS[interval];
  if ((window.end - window.start) / length + 1 > MAX_BUCKETS) {
    throw new RangeTooLong(
      'interval',
      `${interval} gives more than ${MAX_BUCKETS} buckets for this window: use ${intervalFor(window, MAX_BUCKETS)}, or a shorter window`,
    );
  }
  const zone = TimeZone.between(zoneName, window.start - 9 * DAY_MS, window.end + 9 * DAY_MS);
  const next = length < DAY_MS ? nextOnTheClock(zone, length) : nextDay(zone, length);
  const starts = [
    length < DAY_MS ? startOnTheClock(zone, length, window.start) : startOfDays(zone, length, window.start),
  ];
  for (;;) {
    const end = next(starts.at(-1)!);
    if (end >= window.end - 1) return { starts, end, zone };
    starts.push(end);
  }
}

function startOnTheClock(zone: TimeZone, length: number, at: number): number {
  const { start, offset } = zone.at(at);
  return Math.max(start, Math.floor((at + offset) / length) * length - offset);
}

const nextOnTheClock = (zone: TimeZone, length: number) => (at: number) => {
  const { end, offset } = zone.at(at);
  return Math.min(end, (Math.floor((at + offset) / length) + 1) * length - offset);
};

/** Days and weeks begin at the first instant of a date, which is not midnight where the clocks skip it. */
function startOfDays(zone: TimeZone, length: number, at: number): number {
  const local = localDays(at + zone.at(at).offset, length);
  const start = zone.firstInstantOf(local);
  return start <= at ? start : zone.firstInstantOf(local - length);
}

const nextDay = (zone: TimeZone, length: number) => (at: number) => {
  let local = localDays(at + zone.at(at).offset, length);
  // A date that a zone skipped (Samoa, 30 December 2011) begins where the next one does.
  for (;;) {
    local += length;
    const start = zone.firstInstantOf(local);
    if (start > at) return start;
  }
};

const localDays = (local: number, length: number) =>
  Math.floor((local - FIRST_MONDAY_MS) / length) * length + FIRST_MONDAY_MS;
