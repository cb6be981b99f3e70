import type { RejectionReason } from './rejection.js';

export interface RejectedVerdict {
  readonly status: 'rejected';
  /** Null when the event was rejected before it had an identity. */
  readonly eventId: string | null;
  readonly reason: RejectionReason;
  readonly detail: string;
  readonly field: string | null;
}

/** Says what became of one event; `eventId` is the stored one. */
export type Verdict = StoredVerdict | RejectedVerdict;

export interface StoredVerdict {
  readonly status: 'recorded' | 'duplicate';
  readonly eventId: string;
  /** A duplicate from another region: it was recorded here for another time, because its sender stamped it anew. */
  readonly restamped?: true;
}
