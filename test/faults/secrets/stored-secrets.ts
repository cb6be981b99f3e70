import { Client } from 'pg';
import type { Canaries } from '../../support/canaries.js';

/** By where they are named in the report. Keys and sessions are stored as hashes. */
const TABLES = {
  audit_log: 'audit log',
  dead_letters: 'dead letters',
  access_keys: 'stored keys',
  access_secrets: 'stored keys',
  access_sessions: 'stored sessions',
} as const;
/** Of dead letters with whole payloads of 256 kB this is as much as may be in memory at once. */
const FETCH = 200;

/** Looks through what a service has written down of those who ask it, and of what it could not record. */
export async function lookIntoDatabase(databaseUrl: string, canaries: Canaries): Promise<void> {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'harness',
    connectionTimeoutMillis: 10_000,
    statement_timeout: 60_000,
  });
  client.on('error', () => undefined); // the query below fails as well, and says so
  try {
    await client.connect();
    await client.query('begin transaction read only');
    for (const [table, where] of Object.entries(TABLES)) await lookInto(client, table, where, canaries);
  } catch (error) {
    canaries.miss(`${new URL(databaseUrl).pathname.slice(1)}: ${(error as Error).message}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Bytes come as hexadecimal digits. */
async function lookInto(client: Client, table: string, where: string, canaries: Canaries): Promise<void> {
  await client.query(`declare stored no scroll cursor for select stored::text as line from ${table} stored`);
  for (;;) {
    const { rows } = await client.query<{ line: string }>(`fetch ${FETCH} from stored`);
    canaries.look(where, rows.map(({ line }) => line).join('\n'));
    if (rows.length < FETCH) break;
  }
  await client.query('close stored');
}
