/** PostgreSQL is away, or the schema is not there yet. HTTP answers 503. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
  readonly code = 'database_unavailable';
}
