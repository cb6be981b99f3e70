const EARLIEST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Epoch milliseconds as PostgreSQL reads them. No time of ours lies outside the years 1 to 9999, so a bound beyond them is an
 * infinite one: `to=9999-12-31T23:59:59.999Z` ends at the first millisecond of a year that has no four digits.
 */
export function timestamp(ms: number): string {
  if (ms < EARLIEST_MS) return '-infinity';
  return ms > LATEST_MS ? 'infinity' : new Date(ms).toISOString();
}
