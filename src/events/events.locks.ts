import type { AdvisoryLocks } from '../platform/postgres/advisory-locks.js';

export const EVENTS_LOCKS = {
  /** Held while a partition is made. */
  partitions: 7_301_002,
  /** Shared by every recording transaction; exclusive for the short turns of rebuild, floor and horizon. */
  recording: 7_301_003,
  /** Held by the replica that drops a partition. */
  retention: 7_301_004,
  /** Held by the session that rebuilds the projections. */
  rebuild: 7_301_005,
  /** Held by the replica that builds the index of transactions. */
  transactionIndex: 7_301_010,
  /** Held by the replica that replaces the index of page clicks. */
  pageIndexes: 7_301_009,
} as const satisfies AdvisoryLocks;
