export const WEEK_MS = 7 * 86_400_000;
/** 1970-01-05, the first Monday of the epoch. */
const FIRST_MONDAY_MS = 4 * 86_400_000;

/** Monday 00:00 UTC of the week that holds the instant; both epoch milliseconds. */
export const startOfWeek = (instant: number): number =>
  Math.floor((instant - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS + FIRST_MONDAY_MS;
