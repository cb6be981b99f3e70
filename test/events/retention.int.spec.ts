import { Client } from 'pg';
import { DeadLetterRetention } from '../../src/dead-letters/infrastructure/postgres/dead-letter-retention.js';
import { EventRetention } from '../../src/events/infrastructure/postgres/keeping/event-retention.js';
import { EventsKeeping } from '../../src/events/infrastructure/postgres/keeping/events-keeping.js';
import { FineHorizon } from '../../src/events/infrastructure/postgres/keeping/fine-horizon.js';
import { IdentityExpiry } from '../../src/events/infrastructure/postgres/keeping/identity-expiry.js';
import { PartitionDropper } from '../../src/events/infrastructure/postgres/keeping/partition-dropper.js';
import { PartitionKeeper } from '../../src/events/infrastructure/postgres/keeping/partition-keeper.js';
import { TransactionIndex } from '../../src/events/infrastructure/postgres/keeping/transaction-index.js';
import { RetentionFloor } from '../../src/events/infrastructure/postgres/keeping/retention-floor.js';
import { AgreedTime } from '../../src/platform/housekeeping/agreed-time.js';
import { Housekeeping } from '../../src/platform/housekeeping/housekeeping.js';
import { Health } from '../../src/platform/observability/health.js';
import { Logger } from '../../src/platform/observability/logger.js';
import { type AnySettings, startApplication, type TestApplication } from '../support/application.js';
import { clickPayload, salePayload, TEST_TIME } from '../support/events.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { eventually } from '../support/waiting.js';

const DAY = 86_400_000;
const WEEK = 7 * DAY;
const at = (time: string) => Date.parse(`${time}Z`);

describe('retention of events', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;
  let sql: Client;

  beforeEach(async () => {
    testDatabase = await createTestDatabase();
    sql = new Client({ connectionString: testDatabase.url });
    await sql.connect();
  });
  afterEach(async () => {
    await application.close();
    await sql.end();
    await testDatabase.drop();
  });

  const start = async (settings: AnySettings = {}, now = TEST_TIME) => {
    application = await startApplication(testDatabase.url, settings, now);
    await application.database.connect();
    await round();
  };
  const round = () => application.app.get(Housekeeping).round();
  const keepingWith = (logger: Logger) => {
    const { app, config, database, databaseClock } = application;
    const [keeper, horizon] = [app.get(PartitionKeeper), app.get(FineHorizon)];
    const dropper = new PartitionDropper(database, keeper, logger);
    const retention = new EventRetention(app.get(RetentionFloor), dropper, app.get(IdentityExpiry), logger);
    const housekeeping = new Housekeeping(database, app.get(Health), logger);
    const index = app.get(TransactionIndex);
    const time = app.get(AgreedTime);
    new EventsKeeping(housekeeping, keeper, horizon, retention, index, databaseClock, time, logger).onModuleInit();
    new DeadLetterRetention(database, config, time, housekeeping, logger).onModuleInit();
    return housekeeping;
  };
  const roundAt = async (now: number) => {
    application.clock.time = now;
    await round();
  };
  const floor = async () =>
    (
      await sql.query<{ floor: Date }>('select retention_floor as floor from storage_bounds')
    ).rows[0]!.floor.toISOString();
  const weeks = async () =>
    (
      await sql.query<{ name: string }>(
        `select relname as name from pg_class where relkind = 'r' and relname like 'events\\_w%' order by 1`,
      )
    ).rows.map(({ name }) => name.slice('events_w'.length));
  const ids = async (table: 'events' | 'event_identity') =>
    (await sql.query<{ occurred_at: Date }>(`select occurred_at from ${table} order by 1`)).rows.map(
      ({ occurred_at }) => occurred_at.toISOString().slice(0, 10),
    );
  const record = (...times: number[]) =>
    recordRows(
      application.store,
      times.map((timestamp): Row => ({ event_type: 'click', event_id: `e-${timestamp}`, timestamp })),
    );
  const post = async (...events: object[]) => {
    const response = await fetch(`${application.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events }),
    });
    const { results } = (await response.json()) as { results: { status: string; code: string | null }[] };
    return results.map(({ status, code }) => code ?? status);
  };

  it.each([
    // 2026-01-15 is a Thursday, its Monday the 12th.
    ['2026-01-15T12:00:00.000', 1, '2026-01-12T00:00:00.000Z'],
    ['2026-01-13T00:00:00.000', 1, '2026-01-12T00:00:00.000Z'],
    ['2026-01-12T23:59:59.999', 1, '2026-01-05T00:00:00.000Z'],
    ['2026-01-15T12:00:00.000', 30, '2025-12-15T00:00:00.000Z'],
    ['2026-01-15T12:00:00.000', 400, '2024-12-09T00:00:00.000Z'],
  ])('at %s with %d days kept the floor is %s', async (now, days, expected) => {
    await start({ RETENTION_DAYS: days }, at(now));
    expect(await floor()).toBe(expected);
    const kept = at(now) - Date.parse(expected);
    expect(kept).toBeGreaterThanOrEqual(days * DAY);
    expect(kept).toBeLessThan(days * DAY + WEEK);
  });

  it('the floor only moves forward, whatever the clock and the configuration say', async () => {
    await start({ RETENTION_DAYS: 30 });
    expect(await floor()).toBe('2025-12-15T00:00:00.000Z');
    await roundAt(TEST_TIME - 10 * WEEK);
    expect(await floor()).toBe('2025-12-15T00:00:00.000Z');
    await application.close();
    for (const RETENTION_DAYS of [400, null]) {
      await start({ RETENTION_DAYS });
      expect(await floor()).toBe('2025-12-15T00:00:00.000Z');
      if (RETENTION_DAYS !== null) await application.close();
    }
  });

  it('unset keeps everything for ever', async () => {
    await start();
    await record(at('1999-01-01T00:00:00.000'), TEST_TIME);
    await roundAt(TEST_TIME + 5000 * DAY);
    expect(await floor()).toBe('0001-01-01T00:00:00.000Z');
    expect(await ids('events')).toEqual(['1999-01-01', '2026-01-15']);
    expect(await ids('event_identity')).toHaveLength(2);
  });

  it('drops whole weeks below the floor, to the millisecond; identities and counts stay', async () => {
    await start({ RETENTION_DAYS: 30 }, TEST_TIME - 110 * DAY);
    const monday = at('2025-12-15T00:00:00.000');
    await record(monday - 10 * WEEK, monday - WEEK, monday - 1, monday, monday + 1, monday + WEEK);
    const quarters = 'select bucket, event_type, n from event_counts_15m order by 1';
    const counted = (await sql.query(quarters)).rows;
    await roundAt(TEST_TIME);
    expect(await floor()).toBe('2025-12-15T00:00:00.000Z');
    expect(await ids('events')).toEqual(['2025-12-15', '2025-12-15', '2025-12-22']);
    expect(await weeks()).toEqual(['20251215', '20251222', '20260112', '20260119']);
    expect(await ids('event_identity')).toHaveLength(6);
    expect((await sql.query(quarters)).rows).toEqual(counted);

    const listed = async (query: string) => {
      const answer = (await (await fetch(`${application.url}/events?${query}`)).json()) as { events: unknown[] };
      return answer.events.length;
    };
    expect(await listed('limit=100')).toBe(3);
    expect(await listed('to=2025-12-14T23:59:59.999Z')).toBe(0);
    expect((await fetch(`${application.url}/events/e-${monday - 1}`)).status).toBe(404);
    expect((await fetch(`${application.url}/events/e-${monday}`)).status).toBe(200);
  });

  it('a window that reaches below the floor says that it is not exact', async () => {
    await start({ RETENTION_DAYS: 1 });
    await record(TEST_TIME - 1, at('2026-01-12T00:00:00.000'));
    const metrics = async (period: string) =>
      (await (await fetch(`${application.url}/metrics?period=${period}`)).json()) as Record<string, unknown>;
    expect(await metrics('24h')).toMatchObject({ exact: true, total_clicks: 1 });
    expect(await metrics('7d')).toMatchObject({ exact: false, total_clicks: 2 });
  });

  it('says in the log what went', async () => {
    await start({ RETENTION_DAYS: 30, MAX_EVENT_AGE_DAYS: 1 }, TEST_TIME - 60 * DAY);
    await record(TEST_TIME - 60 * DAY, TEST_TIME - 60 * DAY + 1, TEST_TIME - 53 * DAY);
    const lines: object[] = [];
    const say = (fields: object, message: string) => void lines.push({ message, ...fields });
    const keeping = keepingWith({ debug: say, info: say, warn: say, error: say });
    application.clock.time = TEST_TIME;
    await keeping.round();
    expect(lines).toEqual([
      expect.objectContaining({ message: 'dropped 2-second counts below the horizon', deleted: 2 }),
      { message: 'dropped a week below the retention floor', week: '2025-11-10', events: 2 },
      { message: 'dropped a week below the retention floor', week: '2025-11-17', events: 1 },
      {
        message: 'dropped what is below the retention floor',
        floor: '2025-12-15T00:00:00.000Z',
        weeks: 2,
        identities: 3,
      },
    ]);
    await keeping.round();
    expect(lines).toHaveLength(4);
  });

  it('below the floor what is known is a duplicate or a conflict, the rest is too old', async () => {
    await start({ RETENTION_DAYS: 30 }, TEST_TIME - 30 * DAY);
    const old = clickPayload({ event_type: 'click', event_id: 'a', timestamp: '2025-12-14T23:59:59.999Z' });
    const edge = { ...old, event_id: 'edge', timestamp: '2025-12-15T00:00:00.000Z' };
    expect(await post(old)).toEqual(['recorded']);
    await roundAt(TEST_TIME);
    expect(await weeks()).not.toContain('20251208');
    expect(
      await post(
        old,
        { ...old, url: '/other' },
        { ...old, event_id: 'b' },
        edge,
        { ...old, timestamp: '2026-01-15T00:00:00.000Z' },
        salePayload({ event_type: 'sale', event_id: 'a', timestamp: '2025-12-01T00:00:00Z' }),
      ),
    ).toEqual(['duplicate', 'id_conflict', 'too_old', 'recorded', 'duplicate', 'too_old']);
    const response = await fetch(`${application.url}/track`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(clickPayload({ event_id: 'c', timestamp: '2025-12-14T23:59:59.999Z' })),
    });
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'too_old' }]);
    expect(await weeks()).not.toContain('20251208');
    expect(await ids('events')).toEqual(['2025-12-15']);
  });

  it('identities go MAX_EVENT_AGE_DAYS after the facts: to the millisecond, in many pieces, once', async () => {
    await start({ RETENTION_DAYS: 30, MAX_EVENT_AGE_DAYS: 60 }, at('2025-10-15T00:00:00.000'));
    // The floor at TEST_TIME is 2025-12-15, and that of identities 60 days below.
    const gone = at('2025-10-16T00:00:00.000');
    await record(gone - 1, gone, gone + 1, TEST_TIME);
    // Enough rows for several pieces of 512 blocks.
    await sql.query(
      `insert into event_identity (event_key, event_type, fingerprint, occurred_at)
       select gen_random_uuid(), 'click', n, $1::timestamptz - n % 2 * interval '1 ms' from generate_series(1, 150000) n`,
      [new Date(gone)],
    );
    const { rows } = await sql.query<{ blocks: number }>(
      `select pg_relation_size('event_identity') / 8192 / 512.0 as blocks`,
    );
    expect(Number(rows[0]?.blocks)).toBeGreaterThan(2);
    await roundAt(TEST_TIME);
    expect(await ids('events')).toEqual(['2026-01-15']);
    const kept = await sql.query(
      'select count(*)::int as n, count(*) filter (where occurred_at < $1)::int as below from event_identity',
      [new Date(gone)],
    );
    expect(kept.rows).toEqual([{ n: 75_003, below: 0 }]);

    // The floor stands: nothing is looked at again.
    await sql.query('insert into event_identity values (gen_random_uuid(), $1, 1, $2)', ['click', new Date(gone - 1)]);
    await roundAt(TEST_TIME + DAY);
    expect((await sql.query('select from event_identity where occurred_at < $1', [new Date(gone)])).rowCount).toBe(1);
    await roundAt(TEST_TIME + WEEK);
    expect((await sql.query('select from event_identity where occurred_at < $1', [new Date(gone)])).rowCount).toBe(0);
  });

  it('behind a long query it steps back, recording goes on, and the half detached week goes in a later round', async () => {
    await start({ RETENTION_DAYS: 30 }, TEST_TIME - 60 * DAY);
    await record(TEST_TIME - 60 * DAY, TEST_TIME - 53 * DAY);
    const reader = new Client({ connectionString: testDatabase.url });
    await reader.connect();
    try {
      await reader.query('begin isolation level repeatable read');
      await reader.query('select count(*) from events');

      let beside = 0;
      let recorded = 0;
      let goingOn = true;
      let isWaitedFor = false;
      let behind = 0;
      const watch = async () => {
        while (goingOn) {
          const { rows } = await sql.query<{ behind: number }>(
            `select (select count(*)::int from pg_stat_activity other where own.pid = any (pg_blocking_pids(other.pid))) as behind
             from pg_stat_activity own
             where datname = current_database() and query like 'alter table events detach%' and wait_event_type = 'Lock'`,
          );
          isWaitedFor = rows.length === 1;
          behind += rows[0]?.behind ?? 0;
        }
      };
      const watching = watch();
      void roundAt(TEST_TIME).finally(() => (goingOn = false));
      while (goingOn) {
        const waited = isWaitedFor;
        expect(await post(clickPayload({ event_type: 'click', event_id: `during-${recorded}` }))).toEqual(['recorded']);
        if (waited && isWaitedFor) beside += 1;
        recorded += 1;
      }
      await watching;
      // The lock is waited for a second, and no writer waits behind it.
      expect(beside).toBeGreaterThan(0);
      expect(recorded).toBeGreaterThan(10);
      expect(behind).toBe(0);
      expect(await floor()).toBe('2025-12-15T00:00:00.000Z');
      const pending = 'select inhdetachpending as pending from pg_inherits where inhdetachpending';
      expect((await sql.query(pending)).rowCount).toBe(1);
      // The long query still sees the week that it began with; a new one does not.
      expect((await reader.query<{ count: string }>('select count(*) from events')).rows).toEqual([{ count: '2' }]);
      expect(await ids('events')).toHaveLength(1 + recorded);
    } finally {
      await reader.end();
    }
    // At the start of a process, not only ten minutes later.
    await application.close();
    application = await startApplication(testDatabase.url, { RETENTION_DAYS: 30 });
    await eventually(async () => expect(await weeks()).toEqual(['20260112', '20260119']), {
      within: 10_000,
      what: 'the interrupted detach is finalised and both weeks are dropped',
    });
  });

  it('a detached week that was not dropped goes in a later round', async () => {
    await start({ RETENTION_DAYS: 30 }, TEST_TIME - 60 * DAY);
    await record(TEST_TIME - 60 * DAY);
    await sql.query('alter table events detach partition events_w20251110');
    await sql.query('create table events_w_of_others (a int)');
    await roundAt(TEST_TIME);
    expect(await weeks()).toEqual(['20260112', '20260119', '_of_others']);
  });

  it('two replicas in their rounds at once drop every week once', async () => {
    await start({ RETENTION_DAYS: 30 }, TEST_TIME - 100 * DAY);
    await record(...Array.from({ length: 8 }, (_, week) => TEST_TIME - 100 * DAY + week * WEEK));
    const other = await startApplication(testDatabase.url, { RETENTION_DAYS: 30 }, TEST_TIME);
    try {
      await other.database.connect();
      application.clock.time = TEST_TIME;
      await Promise.all([round(), other.app.get(Housekeeping).round()]);
      await round();
      expect(await weeks()).toEqual(['20260112', '20260119']);
      expect(await ids('events')).toEqual([]);
      expect(await post(clickPayload({ event_type: 'click', event_id: 'after' }))).toEqual(['recorded']);
    } finally {
      await other.close();
    }
  });
});
