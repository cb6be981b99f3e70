import { Client, type QueryConfig } from 'pg';
import { startApplication, type TestApplication } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { recordRows, type Row } from '../support/record-rows.js';

export type Json = Record<string, unknown>;

/** Asks a question and reads its answer; parameters that are undefined are not sent. */
export type Ask<Body> = (
  query: Readonly<Record<string, string | number | undefined>>,
) => Promise<{ readonly status: number; readonly body: Body }>;

/** The whole service at a time that stands still, for the tests of the `describe` that calls this: each begins without events. */
export function analysed(now: number) {
  let testDatabase: TestDatabase;
  let application: TestApplication;
  let sql: Client;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    application = await startApplication(testDatabase.url, {}, now);
    await application.database.connect();
    sql = new Client({ connectionString: testDatabase.url });
    await sql.connect();
  }, 120_000);
  afterAll(async () => {
    await sql.end();
    await application.close();
    await testDatabase.drop();
  }, 120_000);
  const forget = () => sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m');
  beforeEach(async () => {
    await forget();
    await sql.query(`update storage_bounds set retention_floor = '1970-01-05Z', fine_horizon = '1970-01-05Z'`);
  });

  return {
    forget,
    record: (rows: readonly Row[]) => recordRows(application.store, rows),
    /** From now on older facts are not kept, epoch milliseconds. */
    keepFrom: (floor: number) => sql.query('update storage_bounds set retention_floor = $1', [new Date(floor)]),
    /** Runs a statement of a reader as it is, and returns how many characters its answer has. */
    answerLength: async (statement: QueryConfig) => JSON.stringify((await sql.query(statement)).rows).length,
    asking:
      <Body = Json>(path: string): Ask<Body> =>
      async (query) => {
        const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
          value === undefined ? [] : [[name, String(value)]],
        );
        const response = await fetch(`${application.url}${path}?${new URLSearchParams(given).toString()}`);
        return { status: response.status, body: (await response.json()) as Body };
      },
  };
}
