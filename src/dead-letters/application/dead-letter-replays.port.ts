import type { RejectionReason } from '../../events/domain/rejection.js';
import type { DeadLetterState } from '../domain/dead-letter-state.js';
import type { DeadLetterPosition } from './dead-letters-reader.port.js';

/** An open dead letter, before its bytes are read. */
export interface OpenLetter extends DeadLetterPosition {
  readonly payloadBytes: number;
}

/** A dead letter that one replay has claimed, as the message was. */
export interface ClaimedLetter {
  readonly id: string;
  readonly originKey: string;
  readonly reason: RejectionReason;
  readonly topic: string;
  readonly messageId: string;
  /** Both are epoch milliseconds. If no column holds the time of publishing, this is the time when the letter was first seen. */
  readonly publishedAt: number;
  readonly eventTime: number | null;
  readonly properties: Readonly<Record<string, string>>;
  /** Null: it has more bytes than an event may have, and was not read. */
  readonly payload: Buffer | null;
  readonly payloadBytes: number;
  /** Whether the payload is what the entry of the broker held, which could not be opened, and no event. */
  readonly unopened: boolean;
  /** The event that the letter became, if the replay that recorded it ended before it could note that; else null. */
  readonly recordedAs: string | null;
}

/** The outcome of a replay. */
export type ReplayOutcome =
  | { readonly id: string; readonly recordedAs: string }
  /** Null: the stored reason stays, because bytes other than the stored ones were refused. */
  | { readonly id: string; readonly refusal: { readonly reason: RejectionReason; readonly detail: string } | null };

/** The state of a letter. */
export interface LetterStanding {
  readonly id: string;
  readonly state: DeadLetterState;
  readonly attempts: number;
  /** RFC 3339. */
  readonly replayed_at: string | null;
  readonly event_id: string | null;
}

/**
 * Gives letters to replays. One replay at a time has a letter, as far as time tells: a replay that was given up or stopped
 * may go on later. The transaction that records the events keeps two corrections with different ids from both being
 * recorded.
 */
export abstract class DeadLetterReplays {
  /** Open letters, oldest first, after a position. */
  abstract open(
    filter: { readonly reason: RejectionReason; readonly topic: string | null },
    after: DeadLetterPosition | null,
    limit: number,
  ): Promise<readonly OpenLetter[]>;

  /** Claims those of the letters that are open and not claimed. A claim ends when it is concluded or released, or after a minute. */
  abstract claim(ids: readonly string[]): Promise<readonly ClaimedLetter[]>;

  /** Notes what became of claimed letters. @returns their states now, in any order */
  abstract conclude(outcomes: readonly ReplayOutcome[]): Promise<readonly LetterStanding[]>;

  /** Gives claimed letters back as they were. */
  abstract release(ids: readonly string[]): Promise<void>;

  abstract standing(id: string): Promise<LetterStanding | null>;
}
