import type { RejectionReason } from '../../events/domain/rejection.js';
import type { DeadLetterState } from '../domain/dead-letter-state.js';
import type { DeadLetterPosition } from './dead-letters-reader.port.js';

/** An open dead letter before its bytes are fetched. */
export interface OpenLetter extends DeadLetterPosition {
  readonly payloadBytes: number;
}

/** A dead letter that one replay has in hand, as the message was. */
export interface ClaimedLetter {
  readonly id: string;
  readonly originKey: string;
  readonly reason: RejectionReason;
  readonly topic: string;
  readonly messageId: string;
  /** Epoch milliseconds, both. Where no column holds the publish time, this is when the letter was first seen. */
  readonly publishedAt: number;
  readonly eventTime: number | null;
  readonly properties: Readonly<Record<string, string>>;
  readonly payload: Buffer;
  /** The event that it became, if the replay that recorded it ended before it could write that down; else null. */
  readonly recordedAs: string | null;
}

/** The outcome of a replay. */
export type ReplayOutcome =
  | { readonly id: string; readonly recordedAs: string }
  /** Null: the stored reason stays, because other bytes than the stored ones were refused. */
  | { readonly id: string; readonly refusal: { readonly reason: RejectionReason; readonly detail: string } | null };

/** How a letter stands. */
export interface LetterStanding {
  readonly id: string;
  readonly state: DeadLetterState;
  readonly attempts: number;
  /** RFC 3339. */
  readonly replayed_at: string | null;
  readonly event_id: string | null;
}

/**
 * A letter is in the hands of one replay at a time, as far as time tells: a replay that was given up, or stopped, may go on
 * later. The transaction that records them keeps two corrections with different ids from being recorded both.
 */
export abstract class DeadLetterReplays {
  /** Open letters, oldest first, after a position. */
  abstract open(
    filter: { readonly reason: RejectionReason; readonly topic: string | null },
    after: DeadLetterPosition | null,
    limit: number,
  ): Promise<readonly OpenLetter[]>;

  /** Takes those of the letters that are open and in nobody's hands, until they are concluded or released or a minute is over. */
  abstract claim(ids: readonly string[]): Promise<readonly ClaimedLetter[]>;

  /** Writes down what became of claimed letters. @returns how they stand now, in any order. */
  abstract conclude(outcomes: readonly ReplayOutcome[]): Promise<readonly LetterStanding[]>;

  /** Gives claimed letters back as they were. */
  abstract release(ids: readonly string[]): Promise<void>;

  abstract standing(id: string): Promise<LetterStanding | null>;
}
