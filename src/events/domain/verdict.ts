import type { RejectionReason } from './rejection.js';

export interface RejectedVerdict {
  readonly status: 'rejected';
  /** Null when the event was rejected before it had an identity. */
  readonly eventId: string | null;
  readonly reason: RejectionReason;
  readonly detail: string;
  readonly field: string | null;
}

/** What became of one event; `eventId` is the stored one. */
export type Verdict = { readonly status: 'recorded' | 'duplicate'; readonly eventId: string } | RejectedVerdict;
