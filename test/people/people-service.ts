import { Client } from 'pg';
import { type DeadLetter, DeadLetterStore } from '../../src/events/application/dead-letter-store.port.js';
import { verifyProjections } from '../../src/events/application/projections/verify-projections.js';
import type { TrackedEvent } from '../../src/events/domain/tracked-event.js';
import { PostgresProjections } from '../../src/events/infrastructure/postgres/projections/postgres-projections.js';
import { type AnySettings, startApplication, type TestApplication } from '../support/application.js';
import { TEST_TIME } from '../support/events.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { type Row, trackedRow } from '../support/record-rows.js';
import { eventually } from '../support/waiting.js';
import { tablesHolding } from './tables-holding.js';

export const ERASURE_KEY = 'the key of erasures in all tests, long enough';
/** After everything that `trackedRow` makes was received. */
export const ERASED_AT = TEST_TIME + 2 * 3_600_000;

/** A machine that is busy with other tests starts a service late. */
export const START_MS = 120_000;

type Json = Record<string, unknown>;

/** A service whose clock stands at ERASED_AT, and its database. */
export class PeopleService {
  private constructor(
    readonly testDatabase: TestDatabase,
    readonly sql: Client,
    readonly application: TestApplication,
  ) {}

  static async start(settings: AnySettings = {}): Promise<PeopleService> {
    const testDatabase = await createTestDatabase();
    const sql = new Client({ connectionString: testDatabase.url, options: '-c timezone=UTC' });
    await sql.connect();
    return new PeopleService(testDatabase, sql, await another(testDatabase, settings));
  }

  /** Another replica on the same database. */
  replica(settings: AnySettings = {}): Promise<TestApplication> {
    return another(this.testDatabase, settings);
  }

  async stop(): Promise<void> {
    await this.application.close();
    await this.sql.end();
    await this.testDatabase.drop();
  }

  async record(rows: readonly Row[], { store } = this.application): Promise<string[]> {
    const verdicts = await store.append(rows.map(trackedRow));
    return verdicts.map(({ status }) => status);
  }

  /** As an event that was received at another time. */
  async recordReceived(row: Row, receivedAt: number, { store } = this.application): Promise<string> {
    const event: TrackedEvent = Object.assign(trackedRow(row), { receivedAt });
    return (await store.append([event]))[0]!.status;
  }

  async addLetters(letters: readonly DeadLetter[], { app } = this.application): Promise<void> {
    await app.get(DeadLetterStore).add(letters, new AbortController().signal);
  }

  async request(method: string, path: string, { url } = this.application): Promise<{ status: number; body: Json }> {
    const response = await fetch(url + path, { method });
    return { status: response.status, body: (await response.json()) as Json };
  }

  /** Asked until it is done: a busy machine may take longer than an answer waits. Anything but that is answered at once. */
  erase(userId: string, application = this.application): Promise<{ status: number; body: Json }> {
    return eventually(
      async () => {
        const answer = await this.request('DELETE', `/users/${encodeURIComponent(userId)}`, application);
        return answer.status === 202 ? false : answer;
      },
      { within: 60_000, what: 'the person is erased' },
    );
  }

  async erased(userId: string): Promise<void> {
    expect(await this.erase(userId)).toMatchObject({ status: 200, body: { state: 'done' } });
  }

  async export(userId: string): Promise<Json[]> {
    const response = await fetch(`${this.application.url}/users/${encodeURIComponent(userId)}/export`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
    const lines = (await response.text()).split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Json);
  }

  async facts(): Promise<Json[]> {
    const { rows } = await this.sql.query<Json>(
      `select events.*, fingerprint from events join event_identity using (event_key, event_type) order by event_key, event_type`,
    );
    return rows;
  }

  async letters(): Promise<Json[]> {
    return (await this.sql.query<Json>('select * from dead_letters order by origin_key')).rows;
  }

  async counts(): Promise<Json[]> {
    const { rows } = await this.sql.query<Json>(
      `select * from event_counts_2s union all select * from event_counts_15m order by 1, 2, 3, 4`,
    );
    return rows;
  }

  /** As `npm run verify` does. */
  async verified(): Promise<void> {
    const { difference } = await verifyProjections(new PostgresProjections(this.sql), 86_400_000, () => undefined);
    expect(difference).toBeNull();
  }

  tablesHolding(text: string): Promise<string[]> {
    return tablesHolding(this.sql, text);
  }
}

async function another(testDatabase: TestDatabase, settings: AnySettings): Promise<TestApplication> {
  const application = await startApplication(testDatabase.url, { ERASURE_KEY, ...settings }, ERASED_AT);
  await application.database.connect();
  return application;
}
