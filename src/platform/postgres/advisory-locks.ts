/** Keys by what is locked. All live in one space of PostgreSQL's: `gather` refuses two of the same. */
export type AdvisoryLocks = Readonly<Record<string, number>>;

export const PLATFORM_LOCKS = {
  /** Held while migrations run. */
  migrations: 7_301_001,
} as const satisfies AdvisoryLocks;
