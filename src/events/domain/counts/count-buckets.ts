/** The two projections count per 2 seconds and per quarter-hour: every time zone's hours and days are whole quarter-hours. */
export const FINE_BUCKET_MS = 2_000;
export const QUARTER_HOUR_MS = 900_000;

/** Start of the bucket that holds the instant; all epoch milliseconds. */
export const startOfBucket = (instant: number, bucketMs: number): number => Math.floor(instant / bucketMs) * bucketMs;

/** The same in SQL. @param column of type timestamptz. */
export const bucketSql = (column: string, bucketMs: number): string =>
  `date_bin('${bucketMs} milliseconds', ${column}, 'epoch')`;
