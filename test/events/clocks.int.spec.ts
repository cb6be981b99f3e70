import { DeadLetterReplays } from '../../src/dead-letters/application/dead-letter-replays.port.js';
import { DeadLetterStore } from '../../src/events/application/dead-letter-store.port.js';
import { Housekeeping } from '../../src/platform/housekeeping/housekeeping.js';
import { DatabaseClock } from '../../src/platform/postgres/database-clock.js';
import { Health } from '../../src/platform/observability/health.js';
import { Telemetry } from '../../src/platform/observability/telemetry.js';
import { deadLetter } from '../support/dead-letters.js';
import { TEST_TIME } from '../support/events.js';
import { recordRows } from '../support/record-rows.js';
import { useServiceForEach } from '../support/used-service.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const RETENTION = { RETENTION_DAYS: 30, DEAD_LETTER_RETENTION_DAYS: 30, MAX_EVENT_AGE_DAYS: 1 };

/** PostgreSQL says TEST_TIME in all of these, where nothing else is said; a replica says what the test lets it. */
describe('a wrong clock', () => {
  const service = useServiceForEach(RETENTION);

  beforeEach(async () => {
    await service.app.get(Housekeeping).round();
    await recordRows(service.store, [
      { event_type: 'click', event_id: 'now', timestamp: TEST_TIME },
      { event_type: 'click', event_id: 'old', timestamp: TEST_TIME - 29 * DAY },
    ]);
    await add(1);
  });

  const add = (n: number) => service.app.get(DeadLetterStore).add([deadLetter(n)], new AbortController().signal);
  /** The replica's clock is off; PostgreSQL's is not. */
  const roundWithClockAhead = async (ms: number) => {
    service.clock.time = TEST_TIME + ms;
    service.databaseClock.aheadMs = -ms;
    await service.app.get(Housekeeping).round();
  };
  /** Everything that is deleted, or kept from being written, by its time. */
  const kept = async () => {
    const of = async (text: string) => (await service.sql.query<Record<string, unknown>>(text)).rows;
    return {
      bounds: await of('select retention_floor, fine_horizon, identity_floor from storage_bounds'),
      events: await of('select event_id from events order by 1'),
      identities: await of('select count(*)::int as n from event_identity'),
      fine: await of('select bucket, n from event_counts_2s order by 1'),
      letters: await of('select message_id, first_seen from dead_letters order by 1'),
      weeks: await of(`select relname from pg_class where relkind = 'r' and relname like 'events\\_w%' order by 1`),
    };
  };
  const health = () => service.app.get(Health).report();
  const aheadSeconds = async () =>
    /^monitoreo_clock_ahead_seconds (\S+)$/m.exec(await service.app.get(Telemetry).registry.metrics())?.[1];

  it.each([
    ['60 days ahead', 60 * DAY],
    ['60 days behind', -60 * DAY],
    ['ten years ahead', 3650 * DAY],
    ['an hour ahead', HOUR],
    ['an hour behind', -HOUR],
  ])('%s: nothing goes, nothing is bounded, and the service says so', async (_name, ms) => {
    const before = await kept();
    await roundWithClockAhead(ms);
    expect(await kept()).toEqual(before);
    const { clock } = await health();
    expect(clock).toMatchObject({
      status: 'down',
      reason: expect.stringContaining(ms > 0 ? "ahead of PostgreSQL's" : "behind PostgreSQL's") as string,
    });
    expect(await service.app.get(Health).notReady()).toEqual({});
    expect(Number(await aheadSeconds())).toBe(ms / 1000);
  });

  it('of PostgreSQL: the same', async () => {
    const before = await kept();
    service.databaseClock.aheadMs = 60 * DAY;
    await service.app.get(Housekeeping).round();
    // Partitions are made ahead by it, which takes nothing from anybody.
    expect({ ...(await kept()), weeks: before.weeks }).toEqual(before);
    expect((await health()).clock).toMatchObject({ status: 'down' });
  });

  it.each([HOUR - 1, -(HOUR - 1)])('off by %d ms it is good enough, and the time is that of PostgreSQL', async (ms) => {
    await roundWithClockAhead(ms);
    expect((await health()).clock).toEqual({ status: 'up' });
    // A Monday begins for PostgreSQL alone, then for the replica alone: the floor moves with the former.
    const monday = Date.parse('2026-01-19T00:00:00.000Z') + 29 * DAY + 24 * HOUR;
    const floorAt = async (postgres: number) => {
      service.clock.time = postgres + ms;
      await service.app.get(Housekeeping).round();
      const { rows } = await service.sql.query<{ retention_floor: Date }>('select retention_floor from storage_bounds');
      return rows[0]!.retention_floor.toISOString();
    };
    expect(await floorAt(monday - 1)).toBe('2026-01-12T00:00:00.000Z');
    expect(await floorAt(monday)).toBe('2026-01-19T00:00:00.000Z');
  });

  it('that was set right again: what is past its time goes, and the service says that too', async () => {
    await roundWithClockAhead(60 * DAY);
    service.clock.time = TEST_TIME + 60 * DAY;
    service.databaseClock.aheadMs = 0;
    await service.app.get(Housekeeping).round();
    expect(await kept()).toMatchObject({ events: [], letters: [], fine: [] });
    expect((await health()).clock).toEqual({ status: 'up' });
    expect(await aheadSeconds()).toBe('0');
  });

  it('of one replica binds no other: what it stores has the time of PostgreSQL, and its claims end by that', async () => {
    service.clock.time = TEST_TIME - 60 * DAY;
    service.databaseClock.aheadMs = 60 * DAY;
    await add(2);
    const { rows } = await service.sql.query<{ id: string; first_seen: Date }>(
      `select id, first_seen from dead_letters where message_id like '12:2:%'`,
    );
    expect(rows[0]!.first_seen).toEqual(new Date(TEST_TIME));

    service.clock.time = TEST_TIME + 60 * DAY;
    service.databaseClock.aheadMs = -60 * DAY;
    const replays = service.app.get(DeadLetterReplays);
    expect(await replays.claim([rows[0]!.id])).toHaveLength(1);
    const { rows: claims } = await service.sql.query<{ seconds: number }>(
      `select extract(epoch from claimed_until - now())::float8 as seconds from dead_letters where claimed_until is not null`,
    );
    expect(claims[0]!.seconds).toBeGreaterThan(30);
    expect(claims[0]!.seconds).toBeLessThanOrEqual(60);
    const [standing] = await replays.conclude([{ id: rows[0]!.id, recordedAs: 'e' }]);
    expect(standing).toMatchObject({ replayed_at: new Date(TEST_TIME).toISOString() });
  });

  it('the clock of PostgreSQL is asked of PostgreSQL', async () => {
    const at = async () =>
      (await service.sql.query<{ now: number }>('select extract(epoch from clock_timestamp())::float8 * 1000 as now'))
        .rows[0]!.now;
    const before = await at();
    const now = await new DatabaseClock(service.database).now();
    expect(now).toBeGreaterThanOrEqual(Math.floor(before));
    expect(now).toBeLessThanOrEqual(await at());
  });
});
