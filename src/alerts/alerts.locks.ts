import type { AdvisoryLocks } from '../platform/postgres/advisory-locks.js';

export const ALERTS_LOCKS = {
  /** Whoever adds rules, or replaces those of the file, holds this lock. */
  rules: 7_301_040,
} as const satisfies AdvisoryLocks;
