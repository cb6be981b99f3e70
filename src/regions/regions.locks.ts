import type { AdvisoryLocks } from '../platform/postgres/advisory-locks.js';

export const REGIONS_LOCKS = {
  /** Held by the process that merges another region into this one. */
  merge: 7_301_011,
} as const satisfies AdvisoryLocks;
