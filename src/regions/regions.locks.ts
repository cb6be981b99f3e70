import type { AdvisoryLocks } from '../platform/postgres/advisory-locks.js';

export const REGIONS_LOCKS = {
  /** The process that merges another region into this one holds this lock. */
  merge: 7_301_011,
} as const satisfies AdvisoryLocks;
