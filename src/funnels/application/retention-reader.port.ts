import type { TimeRange } from '../../events/domain/time-range.js';

export const RETENTION_INTERVALS = ['day', 'week'] as const;
export type RetentionInterval = (typeof RETENTION_INTERVALS)[number];

/** Users by the interval of their first event; intervals are counted from 0, the first one of the window. */
export interface CohortCount {
  readonly cohort: number;
  readonly users: number;
  /** Of every interval of the window: how many of them had an event in it. */
  readonly back: readonly number[];
}

export interface CohortCounts {
  /** Without cohorts of nobody. */
  readonly counts: readonly CohortCount[];
  readonly window: TimeRange;
  readonly exact: boolean;
}

export abstract class RetentionReader {
  /**
   * Takes as long as the window has events and users: each of them is looked up before it too.
   *
   * @param starts where the intervals begin, ascending: the first is the window's
   * @throws {RangeTooLong} when it takes longer than a read may
   */
  abstract count(window: TimeRange, starts: readonly number[], signal?: AbortSignal): Promise<CohortCounts>;
}
