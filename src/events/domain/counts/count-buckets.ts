/** The two projections count per 2 seconds and per quarter-hour: every time zone's hours and days are whole quarter-hours. */
export const FINE_BUCKET_MS = 2_000;
export const QUARTER_HOUR_MS = 900_000;

/** Start of the bucket that holds the instant; all epoch milliseconds. */
export const startOfBucket = (instant: number, bucketMs: number): number => Math.floor(instant / bucketMs) * bucketMs;

/**
 * The same in SQL. It begins to count at the first moment that an event can have, which is a whole bucket too: of times before its
 * origin PostgreSQL 15 puts those on a border into the bucket before.
 *
 * @param column of type timestamptz.
 */
export const bucketSql = (column: string, bucketMs: number): string =>
  `date_bin('${bucketMs} milliseconds', ${column}, '0001-01-01T00:00:00Z')`;
