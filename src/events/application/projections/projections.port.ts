import type { TimeRange } from '../../domain/time-range.js';

/** A row of counts that the facts contradict. */
export interface CountDifference {
  readonly projection: 'event_counts_2s' | 'event_counts_15m';
  /** Start of the bucket, epoch milliseconds. */
  readonly bucket: number;
  readonly eventType: string;
  /** Reaction of a vote, currency of a sale, else ''. */
  readonly label: string;
  /** The count by the facts; null when there is none. `n` is a whole number, `amount` an exact decimal. */
  readonly expected: { readonly n: string; readonly amount: string } | null;
  /** The count in the projection; null when there is no such row. */
  readonly found: { readonly n: string; readonly amount: string } | null;
}

export interface SliceComparison {
  /** Facts in the slice. */
  readonly facts: number;
  /** By bucket, projection, type and label. */
  readonly differences: readonly CountDifference[];
}

/** The projections beside the facts they are made from. */
export abstract class Projections {
  /** Where facts or counts are, in whole quarter-hours, from the retention floor on; null when there is nothing. */
  abstract extent(): Promise<TimeRange | null>;

  /** Start of the first quarter-hour at or after `instant` that holds a fact or a count; null when none does. Epoch ms. */
  abstract next(instant: number): Promise<number | null>;

  /**
   * Compares a slice in one snapshot, so that the result is right while events arrive. It looks only at times that both
   * sides still hold: above the retention floor, and for counts per 2 seconds above their horizon.
   *
   * @param slice whole quarter-hours
   * @param most differences that are answered at most
   */
  abstract compare(slice: TimeRange, most?: number): Promise<SliceComparison>;
}

/** How far a rebuild is; it survives the process. Epoch milliseconds. */
export interface RebuildProgress {
  readonly start: number;
  /** Everything before it is done. */
  readonly position: number;
  readonly end: number;
  /** Rows of counts that were wrong. */
  readonly corrected: number;
}

/** Makes counts what the facts say. One rebuild at a time. */
export abstract class ProjectionRepair {
  /** The rebuild that was not finished, null when there is none. */
  abstract unfinished(): Promise<RebuildProgress | null>;

  abstract save(progress: RebuildProgress): Promise<void>;

  abstract finish(progress: RebuildProgress): Promise<void>;

  /**
   * Corrects the counts of a slice, a quarter-hour to a transaction.
   *
   * @returns facts that were counted, and rows that were wrong.
   */
  abstract repair(slice: TimeRange): Promise<{ facts: number; corrected: number }>;
}
