import { HOUR_MS } from '../../events/domain/calendar.js';
import { TimeRange } from '../../events/domain/time-range.js';

/** Each span is a part of the statement that counts it; with more of them than this, all is counted at once. */
const MOST_SPANS = 8;

/** Which hours of a window come from what is kept, and which spans of it have to be read. Together they are the window. */
export interface HoursPlan<Kept> {
  /** By their numbers from the epoch. */
  readonly kept: ReadonlyMap<number, Kept>;
  /** In the order of time, with hours between them that are kept. */
  readonly spans: readonly TimeRange[];
}

/** The number of the hour that holds an instant, or that begins with it. @param instant epoch milliseconds */
export const hourOf = (instant: number): number => Math.floor(instant / HOUR_MS);

/** The hours that touch a window. */
export const outward = ({ start, end }: TimeRange): TimeRange =>
  TimeRange.halfOpen(hourOf(start) * HOUR_MS, Math.ceil(end / HOUR_MS) * HOUR_MS);

/** Whether an hour lies in the window wholly. */
export const isWhole = (hour: number, { start, end }: TimeRange): boolean =>
  hour * HOUR_MS >= start && (hour + 1) * HOUR_MS <= end;

/** @param keptOf what is kept of an hour */
export function planHours<Kept>(window: TimeRange, keptOf: (hour: number) => Kept | undefined): HoursPlan<Kept> {
  const kept = new Map<number, Kept>();
  const spans: TimeRange[] = [];
  let from = window.start;
  for (let hour = hourOf(window.start); hour * HOUR_MS < window.end; hour += 1) {
    const known = isWhole(hour, window) ? keptOf(hour) : undefined;
    if (known === undefined) continue;
    kept.set(hour, known);
    if (from < hour * HOUR_MS) spans.push(TimeRange.halfOpen(from, hour * HOUR_MS));
    from = (hour + 1) * HOUR_MS;
  }
  if (from < window.end) spans.push(TimeRange.halfOpen(from, window.end));
  return spans.length > MOST_SPANS ? { kept: new Map(), spans: [window] } : { kept, spans };
}
