import { TimeRange } from '../../domain/time-range.js';

const WEEK_MS = 7 * 86_400_000;
/** One partition or two, then a month, then a year and a bit, then all there is. */
const REACH_WEEKS = [1, 5, 60];

/**
 * Parts the range into spans, newest first: a page is nearly always full after the first, so the statement names one or two
 * weekly partitions instead of all of them. The spans touch and do not overlap; together they are the range.
 *
 * @param newest where the newest events are expected, epoch milliseconds; what is later belongs to the first span.
 */
export function searchSpans(range: TimeRange, newest: number): TimeRange[] {
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
