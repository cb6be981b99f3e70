import type { AdvisoryLocks } from '../platform/postgres/advisory-locks.js';

export const PEOPLE_LOCKS = {
  /** Held by the session that erases. */
  erasing: 7_301_050,
} as const satisfies AdvisoryLocks;
