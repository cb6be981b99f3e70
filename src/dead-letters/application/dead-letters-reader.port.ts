import type { RejectionReason } from '../../events/domain/rejection.js';
import type { TimeRange } from '../../events/domain/time-range.js';
import type { DeadLetterState } from '../domain/dead-letter-state.js';
import type { DeadLetterDetails, DeadLetterView } from './answers/dead-letter.answer.js';

export interface DeadLetterWithBytes extends DeadLetterView, Pick<DeadLetterDetails, 'properties'> {
  /** The first 8 MiB of the bytes, as they were sent. */
  readonly payload: Buffer;
  readonly envelope: Buffer | null;
  readonly schema_version: Buffer | null;
}

export interface DeadLetterFilter {
  readonly reason: RejectionReason | null;
  readonly topic: string | null;
  readonly state: DeadLetterState | null;
  /** The range of `first_seen`. */
  readonly range: TimeRange;
}

/** The place of a dead letter in the order of arrival. */
export interface DeadLetterPosition {
  /** Epoch milliseconds. */
  readonly firstSeen: number;
  readonly id: string;
}

export interface DeadLetterCount {
  readonly reason: RejectionReason;
  readonly state: DeadLetterState;
  readonly letters: number;
}

export interface SliceBounds {
  readonly limit: number;
  /**
   * The most bytes that the letters may have as JSON, about, because their keys have any length. One letter that is larger
   * comes alone.
   */
  readonly bytes: number;
}

export interface DeadLetterSlice {
  readonly letters: readonly DeadLetterView[];
  readonly follows: boolean;
  /** Whether the slice ended before its limit, because another letter would have been too many bytes. */
  readonly full: boolean;
}

export abstract class DeadLettersReader {
  /** The newest letters first, those before a position. @param signal cancels the search */
  abstract slice(
    filter: DeadLetterFilter,
    before: DeadLetterPosition | null,
    most: SliceBounds,
    signal?: AbortSignal,
  ): Promise<DeadLetterSlice>;

  abstract find(id: string): Promise<DeadLetterWithBytes | null>;

  /** One line per reason and state that has letters. */
  abstract counts(): Promise<readonly DeadLetterCount[]>;
}
