import type { EventOrder } from '../../../application/events-reader.port.js';
import { WEEK_MS } from '../../../domain/calendar.js';
import { TimeRange } from '../../../domain/time-range.js';

/** One partition or two, then a month, then a year and a bit, then all there is. */
const REACH_WEEKS = [1, 5, 60];

/**
 * Parts the range into spans, in the order of the search: a page is nearly always full after the first, so the statement
 * names one or two weekly partitions instead of all of them. The spans touch and do not overlap; together they are the range.
 *
 * @param newest where the newest events are expected, epoch milliseconds; newest first, what is later belongs to the first
 * span. Oldest first, a range that is open to the past is one span: where its oldest events are, nobody knows.
 */
export function searchSpans(range: TimeRange, order: EventOrder, newest: number): TimeRange[] {
  return order === 'desc' ? newestFirst(range, newest) : oldestFirst(range);
}

function newestFirst(range: TimeRange, newest: number): TimeRange[] {
  const spans: TimeRange[] = [];
  const anchor = Math.min(range.end, newest);
  let end = range.end;
  for (const weeks of REACH_WEEKS) {
    const start = Math.max(range.start, anchor - weeks * WEEK_MS);
    if (start < end) spans.push(TimeRange.halfOpen(start, end));
    end = Math.min(end, start);
  }
  if (range.start < end) spans.push(TimeRange.halfOpen(range.start, end));
  return spans;
}

function oldestFirst(range: TimeRange): TimeRange[] {
  if (range.isEmpty) return [];
  if (!Number.isFinite(range.start)) return [range];
  const spans: TimeRange[] = [];
  let start = range.start;
  for (const weeks of REACH_WEEKS) {
    const end = Math.min(range.end, range.start + weeks * WEEK_MS);
    if (start < end) spans.push(TimeRange.halfOpen(start, end));
    start = Math.max(start, end);
  }
  if (start < range.end) spans.push(TimeRange.halfOpen(start, range.end));
  return spans;
}
