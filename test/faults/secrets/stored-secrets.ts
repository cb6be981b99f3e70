import { Client } from 'pg';
import type { Canaries } from '../../support/canaries.js';

/** By where they are named in the report. Keys and sessions are stored as hashes. */
const STORED = [
  ['audit log', `select stored::text as line, null as bytes from audit_log stored`],
  [
    'dead letters',
    `select concat_ws(' ', reason, detail, topic, message_id) as line, array[payload, message_key, properties, envelope] as bytes from dead_letters`,
  ],
  ['stored keys', `select stored::text as line, null as bytes from access_keys stored`],
  ['stored keys', `select stored::text as line, null as bytes from access_secrets stored`],
  ['stored sessions', `select stored::text as line, null as bytes from access_sessions stored`],
] as const;
/** Payloads reach megabytes. */
const FETCH = 50;

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
    for (const [where, statement] of STORED) await lookInto(client, where, statement, canaries);
  } catch (error) {
    canaries.miss(`${new URL(databaseUrl).pathname.slice(1)}: ${(error as Error).message}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

interface Stored {
  readonly line: string;
  readonly bytes: readonly (Buffer | null)[] | null;
}

async function lookInto(client: Client, where: string, statement: string, canaries: Canaries): Promise<void> {
  await client.query(`declare stored no scroll cursor for ${statement}`);
  for (;;) {
    const { rows } = await client.query<Stored>(`fetch ${FETCH} from stored`);
    for (const { line, bytes } of rows) {
      canaries.look(where, line);
      for (const part of bytes ?? []) if (part !== null) canaries.look(where, part.toString('latin1'));
    }
    if (rows.length < FETCH) break;
  }
  await client.query('close stored');
}
