import type { RejectionReason } from '../domain/rejection.js';

/** A message that cannot be recorded, as it came. */
export interface DeadLetter {
  /** A UUID, derived from the message's address: a redelivery is the same dead letter. */
  readonly originKey: string;
  readonly reason: RejectionReason;
  /** Says what is wrong and how to mend it. It may quote input: the store escapes and cuts it. */
  readonly detail: string;
  readonly topic: string;
  readonly messageId: string;
  readonly messageKey: string | null;
  /** Epoch milliseconds, both, by clocks that nobody checks: any number, NaN included. */
  readonly publishedAt: number;
  readonly eventTime: number | null;
  readonly properties: Readonly<Record<string, string>>;
  readonly payload: Buffer;
  /** Opens `payload` later: the metadata of its entry, where nobody could open it, and the version of its schema. */
  readonly envelope: Buffer | null;
  readonly schemaVersion: Buffer | null;
}

/** Stores a message that cannot be recorded, before it is acknowledged. The slice `dead-letters` keeps them. */
export abstract class DeadLetterStore {
  /** Keeps them, once each; a redelivery counts an attempt. Tries until PostgreSQL has them; rejects only on `signal`. */
  abstract add(letters: readonly DeadLetter[], signal: AbortSignal): Promise<void>;
}
