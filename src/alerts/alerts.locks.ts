import type { AdvisoryLocks } from '../platform/postgres/advisory-locks.js';

export const ALERTS_LOCKS = {
  /** Held while rules are added, or those of the file replaced. */
  rules: 7_301_040,
} as const satisfies AdvisoryLocks;
