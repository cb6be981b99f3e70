import { Client } from 'pg';
import { AnswerCache } from '../../../src/metrics/application/answer-cache.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.js';
import { recordRows } from '../../support/record-rows.js';
import { eventually } from '../../support/waiting.js';

describe('a client that goes away', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;
  let sql: Client;
  /** Holds the lock: a transaction sees pg_stat_activity as it was at its first look. */
  let holder: Client;

  beforeEach(async () => {
    testDatabase = await createTestDatabase();
    application = await startApplication(testDatabase.url, { READ_TIMEOUT_MS: 20_000, READER_CONNECTIONS: 2 });
    await application.database.connect();
    await recordRows(application.store, [{ event_type: 'click', event_id: 'a', timestamp: '2026-01-15T12:00:00Z' }]);
    sql = new Client({ connectionString: testDatabase.url });
    await sql.connect();
    holder = new Client({ connectionString: testDatabase.url });
    await holder.connect();
  });
  afterEach(async () => {
    await sql.end();
    await holder.end();
    await application.close();
    await testDatabase.drop();
  });

  const running = async () =>
    (
      await sql.query<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity
         where application_name = 'monitoreo-reader' and state = 'active' and datname = current_database()`,
      )
    ).rows[0]?.n;

  it.each<[string, number]>([
    ['application/json', 2],
    ['text/csv', 1], // exports are read one at a time
  ])('cancels its query within a second (%s, %d at once)', async (accept, atOnce) => {
    // Readers wait behind the lock for as long as the test likes: each query is as slow as can be.
    await holder.query('begin; lock table events in access exclusive mode');
    const gone = new AbortController();
    const asked = [1, 2, 3, 4].map(() =>
      fetch(`${application.url}/events`, { signal: gone.signal, headers: { accept } }),
    );
    await eventually(async () => (await running()) === atOnce, { within: 5_000, what: 'as many as may run' });
    gone.abort();
    for (const answer of await Promise.allSettled(asked)) expect(answer.status).toBe('rejected');
    await eventually(async () => (await running()) === 0, { within: 1_000, what: 'nothing runs for nobody' });
    await holder.query('commit');
    expect((await fetch(`${application.url}/events`)).status).toBe(200);
  });

  it('a client that stays gets its answer from a connection that was cancelled before', async () => {
    await holder.query('begin; lock table events in access exclusive mode');
    const gone = new AbortController();
    const leaves = fetch(`${application.url}/events`, { signal: gone.signal });
    const stays = [1, 2, 3].map(() => fetch(`${application.url}/events`));
    await eventually(async () => (await running()) === 2, { within: 5_000, what: 'both connections are busy' });
    gone.abort();
    await expect(leaves).rejects.toThrow();
    await holder.query('commit');
    for (const answer of await Promise.all(stays)) expect(answer.status).toBe(200);
  });

  it.each([
    '/metrics',
    '/metrics?include=users',
    '/metrics/timeseries',
    '/metrics/pages',
    '/api/heatmap/pages',
    '/funnel?steps=click,sale',
    '/paths?from=/a',
    '/retention',
    '/users/u/journey',
  ])('%s: cancelled within a second when the last of those who share it has gone', async (path) => {
    const shared = await startApplication(testDatabase.url, { READ_TIMEOUT_MS: 20_000, METRICS_CACHE_MS: 60_000 });
    try {
      await shared.database.connect();
      await holder.query('begin; lock table events in access exclusive mode');
      const ask = (gone: AbortController) => fetch(shared.url + path, { signal: gone.signal });
      const questions = jest.spyOn(shared.app.get(AnswerCache), 'get');
      const [first, second] = [new AbortController(), new AbortController()];
      const asked = Promise.allSettled([ask(first), ask(first), ask(second)]);
      const queries = path.includes('include=users') ? 2 : 1;
      /** Each asks for as many answers as there are queries; what is read once for all of them has nobody who could leave. */
      const wait = (requests: number) => () =>
        questions.mock.calls.filter(([, , asking]) => asking?.signal).length === requests * queries;
      await eventually(wait(3), { within: 5_000, what: 'all three wait' });
      await eventually(async () => (await running()) === queries, { within: 5_000, what: 'they share a query' });
      const begun = jest.spyOn(shared.database, 'read');
      first.abort();
      // Somebody still waits: the query goes on, also for those who come now.
      const third = new AbortController();
      const later = Promise.allSettled([ask(third)]);
      await eventually(wait(4), { within: 5_000, what: 'the third waits too' });
      await expect(
        eventually(async () => (await running())! < queries, { within: 500, what: 'it ends' }),
      ).rejects.toThrow();
      expect(begun).not.toHaveBeenCalled();
      second.abort();
      third.abort();
      await eventually(async () => (await running()) === 0, { within: 1_000, what: 'nothing runs for nobody' });
      for (const answer of [...(await asked), ...(await later)]) expect(answer.status).toBe('rejected');
      await holder.query('commit');
      expect((await fetch(shared.url + path)).status).toBe(200);
    } finally {
      await shared.close();
    }
  });
});
