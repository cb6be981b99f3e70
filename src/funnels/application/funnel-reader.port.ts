import type { TimeRange } from '../../events/domain/time-range.js';
import type { Step } from '../domain/step.js';

export const SUBJECTS = ['user', 'session'] as const;
export type Subject = (typeof SUBJECTS)[number];

export interface FunnelQuestion {
  readonly steps: readonly Step[];
  readonly by: Subject;
  /** From the first step to the last, inclusive, milliseconds. */
  readonly within: number;
  /** The page of the first step. */
  readonly pageUrl: string | null;
}

export interface StepCount {
  /** Users or sessions whose best chain reaches the step. */
  readonly count: number;
  /** Milliseconds from the step before, nearest rank; null for the first step, and where nobody reached it. */
  readonly median: number | null;
  readonly p90: number | null;
}

export interface FunnelCounts {
  readonly steps: readonly StepCount[];
  /** Events of a step inside the window that name no user or session. */
  readonly excluded: number;
  /** Chains that start later than `matureBefore`. */
  readonly maturing: number;
  /** The window, above the retention floor. It differs from what was asked only if `exact` is false. */
  readonly window: TimeRange;
  readonly exact: boolean;
}

export abstract class FunnelReader {
  /**
   * Counts how many reach each step. It takes as long as there are events of the steps in the window and `within` after it.
   *
   * @param matureBefore epoch milliseconds
   * @throws {RangeTooLong} when it takes longer than a read may
   */
  abstract count(
    question: FunnelQuestion,
    window: TimeRange,
    matureBefore: number,
    signal?: AbortSignal,
  ): Promise<FunnelCounts>;
}
