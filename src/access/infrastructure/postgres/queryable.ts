import type { QueryResult, QueryResultRow } from 'pg';

/** A pool, or one connection of a command. */
export interface Queryable {
  query<Row extends QueryResultRow>(statement: string, values?: unknown[]): Promise<QueryResult<Row>>;
}
