import type { AdvisoryLocks } from '../platform/postgres/advisory-locks.js';

export const PEOPLE_LOCKS = {
  /** The session that erases holds this lock. */
  erasing: 7_301_050,
} as const satisfies AdvisoryLocks;
