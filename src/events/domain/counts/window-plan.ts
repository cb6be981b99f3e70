import { TimeRange } from '../time-range.js';
import { FINE_BUCKET_MS, QUARTER_HOUR_MS, startOfBucket } from './count-buckets.js';
import { RangeTooLong } from './range-too-long.js';
import type { StorageBounds } from './storage-bounds.js';

/** Which table answers for which part of a window. The parts are disjoint and together are `covered`. */
export interface WindowPlan {
  /** From the counts per quarter-hour; its ends are whole quarter-hours. */
  readonly quarters: TimeRange;
  /** From the counts per 2 seconds: before and after the quarters; the ends are whole 2 seconds. */
  readonly fine: readonly [TimeRange, TimeRange];
  /** From the facts: the two edges, to the millisecond. */
  readonly raw: readonly [TimeRange, TimeRange];
  /**
   * The span that is counted: the window itself, or that window rounded outward to quarter-hours if its facts are no longer
   * kept.
   */
  readonly covered: TimeRange;
  /** Whether `covered` is the window. */
  readonly exact: boolean;
}

type Parts = Pick<WindowPlan, 'quarters' | 'fine' | 'raw'>;

/**
 * Parts a finite window: whole quarter-hours in the middle, whole 2 seconds beside them, facts at the two edges. Below the
 * horizon an edge comes from the facts alone, below the retention floor it is rounded outward.
 */
export function planWindow(window: TimeRange, bounds: StorageBounds): WindowPlan {
  if (window.isEmpty) return { ...onlyRaw(window.start, window.start), covered: window, exact: true };
  const start = window.start < bounds.retentionFloor ? startOfBucket(window.start, QUARTER_HOUR_MS) : window.start;
  const end = window.end < bounds.retentionFloor ? borderFrom(window.end, QUARTER_HOUR_MS) : window.end;
  const covered = TimeRange.halfOpen(start, end);
  const exact = start === window.start && end === window.end;
  const firstQuarter = borderFrom(start, QUARTER_HOUR_MS);
  const lastQuarter = startOfBucket(end, QUARTER_HOUR_MS);
  if (firstQuarter >= lastQuarter) return { ...withoutQuarters(start, end, bounds), covered, exact };
  // The horizon is a whole quarter-hour, so an edge, which is shorter than one, lies wholly on one side of it.
  const fineStart = start < bounds.fineHorizon ? firstQuarter : borderFrom(start, FINE_BUCKET_MS);
  const fineEnd = lastQuarter < bounds.fineHorizon ? lastQuarter : startOfBucket(end, FINE_BUCKET_MS);
  return {
    quarters: TimeRange.halfOpen(firstQuarter, lastQuarter),
    fine: [TimeRange.halfOpen(fineStart, firstQuarter), TimeRange.halfOpen(lastQuarter, fineEnd)],
    raw: [TimeRange.halfOpen(start, fineStart), TimeRange.halfOpen(fineEnd, end)],
    covered,
    exact,
  };
}

/**
 * Parts a finite window that is cut into buckets inside: with cuts at whole quarter-hours like any window, with cuts at whole
 * 2 seconds (minutes) without the counts per quarter-hour, and else (zones before 1972) from the facts alone.
 *
 * @param cuts where one bucket ends and the next begins, epoch milliseconds
 * @throws {RangeTooLong} when what the cuts need is no longer kept
 */
export function planSeries(window: TimeRange, cuts: readonly number[], bounds: StorageBounds): WindowPlan {
  if (window.isEmpty || cuts.every((cut) => cut % QUARTER_HOUR_MS === 0)) return planWindow(window, bounds);
  if (window.start < bounds.retentionFloor) {
    const floor = new Date(bounds.retentionFloor).toISOString();
    throw new RangeTooLong('interval', `finer than a quarter-hour is only kept from ${floor} on: use quarter_hour`);
  }
  const parts = cuts.every((cut) => cut % FINE_BUCKET_MS === 0)
    ? withoutQuarters(window.start, window.end, bounds)
    : onlyRaw(window.start, window.end);
  return { ...parts, covered: window, exact: true };
}

/** A finite window from the facts alone, as far as they are kept. */
export function planFacts(window: TimeRange, { retentionFloor }: StorageBounds): WindowPlan {
  const end = Math.max(window.end, retentionFloor);
  const start = Math.min(Math.max(window.start, retentionFloor), end);
  const exact = start === window.start && end === window.end;
  return { ...onlyRaw(start, end), covered: TimeRange.halfOpen(start, end), exact };
}

/** No whole quarter-hour lies inside: at most one border of quarter-hours does, and the horizon may be that border. */
function withoutQuarters(start: number, end: number, { fineHorizon }: StorageBounds): Parts {
  const from = Math.max(start, Math.min(fineHorizon, end));
  const fineStart = borderFrom(from, FINE_BUCKET_MS);
  const fineEnd = startOfBucket(end, FINE_BUCKET_MS);
  if (fineStart >= fineEnd) return onlyRaw(start, end);
  return {
    quarters: none(end),
    fine: [TimeRange.halfOpen(fineStart, fineEnd), none(end)],
    raw: [TimeRange.halfOpen(start, fineStart), TimeRange.halfOpen(fineEnd, end)],
  };
}

function onlyRaw(start: number, end: number): Parts {
  return { quarters: none(end), fine: [none(end), none(end)], raw: [TimeRange.halfOpen(start, end), none(end)] };
}

/** An empty span stands at an end of the window, so that its statement looks at no other partition. */
const none = (at: number) => TimeRange.halfOpen(at, at);
/** The first border of buckets at or after the instant. */
const borderFrom = (instant: number, bucketMs: number) => startOfBucket(instant + bucketMs - 1, bucketMs);
