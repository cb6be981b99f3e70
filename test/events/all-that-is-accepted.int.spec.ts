import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { Client } from 'pg';
import { verifyProjections } from '../../src/events/application/projections/verify-projections.js';
import { PostgresProjections } from '../../src/events/infrastructure/postgres/projections/postgres-projections.js';
import { EARLIEST_MS, LATEST_MS } from '../../src/events/domain/timestamps.js';
import { Housekeeping } from '../../src/platform/housekeeping/housekeeping.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { TEST_TIME, testUuid } from '../support/events.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { recordRows, type Row } from '../support/record-rows.js';

const HOUR = 3_600_000;
const MIGRATION = 'src/events/infrastructure/postgres/migrations/1764450000000-all-that-is-accepted.sql';
/** Edges of weeks, of the epoch, of what was the first week, of calendars, of all there is. */
const TIMES = [
  '0001-01-01T00:00:00.001Z',
  '0001-01-07T23:59:59.999Z',
  '0099-12-31T12:00:00.000Z',
  '1582-10-10T00:00:00.000Z',
  '1899-12-31T23:59:59.999Z',
  '1926-02-10T08:00:00.000Z',
  '1969-12-28T23:59:59.999Z',
  '1969-12-29T00:00:00.000Z',
  '1969-12-31T23:59:59.999Z',
  '1970-01-01T00:00:00.000Z',
  '1970-01-04T23:59:59.999Z',
  '1970-01-05T00:00:00.000Z',
  '9999-12-27T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
].map((time) => Date.parse(time));

describe('with nothing dropped, all that is accepted is recorded and counted', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;
  let sql: Client;

  beforeEach(async () => {
    testDatabase = await createTestDatabase();
    application = await startApplication(testDatabase.url);
    await application.database.connect();
    sql = new Client({ connectionString: testDatabase.url });
    await sql.connect();
  });
  afterEach(async () => {
    await sql.end();
    await application.close();
    await testDatabase.drop();
  });

  /** As text: small numbers would be seconds. */
  const imported = (times: readonly number[], first = 0): Row[] =>
    times.map((time, n) => {
      const timestamp = new Date(time).toISOString();
      return { event_type: 'click', event_id: testUuid(first + n), timestamp, url: '/' };
    });
  const get = async (path: string) => {
    const response = await fetch(application.url + path);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path}: ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  };
  const countedExactly = async (times: readonly number[], from: number, to: number) => {
    const expected = times.filter((time) => time > from && time <= to).length;
    const range = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
    expect([range, await get(`/metrics?${range}`)]).toEqual([
      range,
      expect.objectContaining({ total_clicks: expected, exact: true }),
    ]);
    for (const interval of ['minute', 'quarter_hour', 'hour']) {
      if (interval === 'minute' && to - from > 24 * HOUR) continue;
      const { points, exact } = await get(`/metrics/timeseries?${range}&interval=${interval}`);
      const sum = (points as { total_clicks: number }[]).reduce((all, { total_clicks }) => all + total_clicks, 0);
      expect([range, interval, exact, sum]).toEqual([range, interval, true, expected]);
    }
    expect(await get(`/metrics/pages?${range}`)).toMatchObject({ total: expected, exact: true });
  };

  it('from the first year to the last', async () => {
    await recordRows(application.store, imported([EARLIEST_MS, ...TIMES]));
    // What keeps the tables in shape leaves them alone.
    await application.app.get(Housekeeping).round();
    const { events } = await get('/events?limit=1000&order=asc');
    expect((events as { occurred_at: string }[]).map(({ occurred_at }) => Date.parse(occurred_at))).toEqual([
      EARLIEST_MS,
      ...TIMES,
    ]);
    for (const [n, time] of TIMES.entries()) {
      expect(await get(`/events/${testUuid(n + 1)}?event_type=click`)).toMatchObject({
        occurred_at: new Date(time).toISOString(),
      });
      const [from, to] = [Math.max(time - 7 * HOUR, EARLIEST_MS), Math.min(time + 7 * HOUR, LATEST_MS)];
      await countedExactly(TIMES, from, to);
      await countedExactly(TIMES, Math.max(time - 1, EARLIEST_MS), time);
    }
    expect(await verifyProjections(new PostgresProjections(sql), HOUR, () => undefined)).toEqual({
      facts: TIMES.length + 1,
      difference: null,
    });
  }, 120_000);

  it('any time, in any window', async () => {
    const recorded: number[] = [];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: EARLIEST_MS, max: LATEST_MS }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 20 * HOUR }),
        async (times, length) => {
          await recordRows(application.store, imported(times, 1000 + recorded.length));
          recorded.push(...times);
          for (const time of times) {
            const from = Math.max(time - length, EARLIEST_MS);
            await countedExactly(recorded, from, Math.min(from + 20 * HOUR, LATEST_MS));
          }
        },
      ),
      { numRuns: 15 },
    );
  }, 120_000);

  it('over HTTP a hundred years back', async () => {
    const times = [
      TEST_TIME - 36_500 * 24 * HOUR,
      Date.parse('1930-06-01T12:34:56.789Z'),
      Date.parse('1970-01-02T00:00:00Z'),
    ];
    const response = await fetch(`${application.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        events: times.map((timestamp) => ({
          event_type: 'click',
          user_id: 'u',
          url: '/',
          timestamp: new Date(timestamp).toISOString(),
        })),
      }),
    });
    expect(((await response.json()) as { results: { status: string }[] }).results.map(({ status }) => status)).toEqual(
      times.map(() => 'recorded'),
    );
    for (const time of times) await countedExactly(times, time - HOUR, time + HOUR);
  }, 60_000);

  describe('a database that was made before', () => {
    const bounds = async () =>
      (
        await sql.query<{ floor: string; identities: string }>(
          `select to_char(retention_floor at time zone 'UTC', 'YYYY-MM-DD') as floor, to_char(identity_floor at time zone 'UTC', 'YYYY-MM-DD') as identities
           from storage_bounds`,
        )
      ).rows[0];
    const migrated = async (floor: string, identities: string) => {
      await sql.query('update storage_bounds set retention_floor = $1, identity_floor = $2', [
        `${floor}Z`,
        `${identities}Z`,
      ]);
      await sql.query(await readFile(MIGRATION, 'utf8'));
      return bounds();
    };

    it('takes all of it where nothing was ever dropped', async () => {
      expect(await migrated('1970-01-05', '1970-01-05')).toEqual({ floor: '0001-01-01', identities: '0001-01-01' });
      await recordRows(application.store, imported(TIMES));
    });

    it.each([
      ['1970-01-12', '1970-01-05'],
      ['2025-12-15', '2024-11-10'],
      ['2025-12-15', '1970-01-05'],
    ])('keeps its floor of %s where something was', async (floor, identities) => {
      expect(await migrated(floor, identities)).toEqual({ floor, identities });
    });

    it('is left alone by a second run', async () => {
      await migrated('1970-01-05', '1970-01-05');
      await sql.query(await readFile(MIGRATION, 'utf8'));
      expect(await bounds()).toEqual({ floor: '0001-01-01', identities: '0001-01-01' });
    });
  });

  it('a retention that reaches back before 1970 drops what is older, in whole weeks', async () => {
    await recordRows(application.store, imported(TIMES));
    await application.close();
    // 60 years before January 2026.
    application = await startApplication(testDatabase.url, { RETENTION_DAYS: 60 * 365 });
    await application.database.connect();
    await application.app.get(Housekeeping).round();
    const { events } = await get('/events?limit=1000');
    expect((events as unknown[]).length).toBe(TIMES.filter((time) => time > Date.parse('1966-01-24T00:00:00Z')).length);
    expect((await get('/metrics?from=1926-02-10T07:00:00Z&to=1926-02-10T09:00:00Z')).exact).toBe(false);
    expect((await get('/metrics?from=1969-12-31T00:00:00Z&to=1970-01-01T00:00:00Z')).exact).toBe(true);
  }, 60_000);
});
