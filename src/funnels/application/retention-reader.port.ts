import type { TimeRange } from '../../events/domain/time-range.js';

export const RETENTION_INTERVALS = ['day', 'week'] as const;
export type RetentionInterval = (typeof RETENTION_INTERVALS)[number];

/** Users of a cohort that had an event in an interval; both are counted from 0, the first interval of the window. */
export interface CohortCount {
  readonly cohort: number;
  /** Null: all of the cohort. */
  readonly interval: number | null;
  readonly users: number;
}

export interface CohortCounts {
  /** Without those that are zero. */
  readonly counts: readonly CohortCount[];
  readonly window: TimeRange;
  readonly exact: boolean;
}

export abstract class RetentionReader {
  /**
   * Takes as long as there are events up to the end of the window: each user's first one decides.
   *
   * @param starts where the intervals begin, ascending: the first is the window's
   * @throws {RangeTooLong} when it takes longer than a read may
   */
  abstract count(window: TimeRange, starts: readonly number[], signal?: AbortSignal): Promise<CohortCounts>;
}
