import type { TimeRange } from '../../events/domain/time-range.js';
import type { LabelledCount } from '../domain/figures.js';
import type { MetricsFilter } from '../domain/metrics-filter.js';

export interface CountedWindow {
  readonly range: TimeRange;
  /** The instants where one bucket ends and the next begins, ascending, inside the range. None: the window is one bucket. */
  readonly cuts: readonly number[];
}

/** A count of the n-th bucket. */
export interface BucketCount extends LabelledCount {
  readonly bucket: number;
}

export interface WindowCounts {
  /** Counts that are not zero. */
  readonly counts: readonly BucketCount[];
  /** The window that was counted. It differs from what was asked only if `exact` is false. */
  readonly window: TimeRange;
  /**
   * False when the window reaches below the retention floor. It is then rounded outward to quarter-hours, or cut if it is
   * counted from facts.
   */
  readonly exact: boolean;
}

export abstract class MetricsReader {
  /**
   * Counts events of finite windows, all from one snapshot.
   *
   * @param signal cancels it
   * @throws {RangeTooLong} when minutes are asked for that are no longer kept, or when the facts take longer than a read may
   */
  abstract count(
    windows: readonly CountedWindow[],
    filter: MetricsFilter,
    signal?: AbortSignal,
  ): Promise<readonly WindowCounts[]>;
}
