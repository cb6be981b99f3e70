/** Lengths of time in UTC, which has no change of clocks. */
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

/** 1970-01-05, the first Monday of the epoch. */
export const FIRST_MONDAY_MS = 4 * DAY_MS;

/** Monday 00:00 UTC of the week that holds the instant; both epoch milliseconds. */
export const startOfWeek = (instant: number): number =>
  Math.floor((instant - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS + FIRST_MONDAY_MS;
