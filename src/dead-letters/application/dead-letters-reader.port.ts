import type { RejectionReason } from '../../events/domain/rejection.js';
import type { TimeRange } from '../../events/domain/time-range.js';

/** `open`: not recorded. `replayed`: recorded since, or found to be recorded already. */
export const DEAD_LETTER_STATES = ['open', 'replayed'] as const;
export type DeadLetterState = (typeof DEAD_LETTER_STATES)[number];

/** A dead letter as a list shows it; times are RFC 3339, UTC, milliseconds. */
export interface DeadLetterView {
  readonly id: string;
  /** Why the bytes as sent cannot be recorded. */
  readonly reason: RejectionReason;
  readonly detail: string | null;
  /** Full name, without a partition. */
  readonly topic: string;
  /** `ledger:entry:partition:batchIndex`. */
  readonly message_id: string;
  readonly key: string | null;
  readonly published_at: string;
  readonly event_time: string | null;
  readonly first_seen: string;
  /** How often recording was tried: deliveries and replays. */
  readonly attempts: number;
  readonly state: DeadLetterState;
  readonly replayed_at: string | null;
  /** What it was recorded as; null while it is open. */
  readonly event_id: string | null;
  readonly payload_bytes: number;
}

export interface DeadLetterDetails extends DeadLetterView {
  /** Of the message; a CloudEvent in binary mode has its attributes here. */
  readonly properties: Readonly<Record<string, string>>;
  /** The bytes as sent. */
  readonly payload: Buffer;
}

export interface DeadLetterFilter {
  readonly reason: RejectionReason | null;
  readonly topic: string | null;
  readonly state: DeadLetterState | null;
  /** Of `first_seen`. */
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

export abstract class DeadLettersReader {
  /** Newest first, at most `limit`, those before a position. */
  abstract slice(
    filter: DeadLetterFilter,
    before: DeadLetterPosition | null,
    limit: number,
  ): Promise<readonly DeadLetterView[]>;

  abstract find(id: string): Promise<DeadLetterDetails | null>;

  /** One line per reason and state that has letters. */
  abstract counts(): Promise<readonly DeadLetterCount[]>;
}
