import type { RejectionReason } from './rejection.js';

/** What became of one event. `eventId` is the stored one; null when the event was rejected before it had one. */
export type Verdict =
  | { readonly status: 'recorded' | 'duplicate'; readonly eventId: string }
  | {
      readonly status: 'rejected';
      readonly eventId: string | null;
      readonly reason: RejectionReason;
      readonly detail: string;
      readonly field: string | null;
    };
