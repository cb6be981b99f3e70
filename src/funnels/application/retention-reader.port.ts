import type { TimeRange } from '../../events/domain/time-range.js';

export const RETENTION_INTERVALS = ['day', 'week'] as const;
export type RetentionInterval = (typeof RETENTION_INTERVALS)[number];

/** Users by the interval of their first event; intervals are counted from 0, the first one of the window. */
export interface CohortCount {
  readonly cohort: number;
  readonly users: number;
  /** For every interval of the window: how many of them had an event in it. */
  readonly back: readonly number[];
}

export interface CohortCounts {
  /** Cohorts that have users. */
  readonly counts: readonly CohortCount[];
  readonly window: TimeRange;
  readonly exact: boolean;
}

export abstract class RetentionReader {
  /**
   * Counts cohorts. It takes as long as the window has events and users, because each user is looked up before the window,
   * too.
   *
   * @param starts where the intervals begin, ascending; the first one is the window's begin
   * @throws {RangeTooLong} when it takes longer than a read may
   */
  abstract count(window: TimeRange, starts: readonly number[], signal?: AbortSignal): Promise<CohortCounts>;
}
