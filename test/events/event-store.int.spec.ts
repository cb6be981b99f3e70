import { Client } from 'pg';
import { OutcomeUnknown } from '../../src/events/application/event-store.port.js';
import { EVENTS_LOCKS } from '../../src/events/events.locks.js';
import type { TrackedEvent } from '../../src/events/domain/tracked-event.js';
import { atRest, startApplication, type TestApplication } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { trackedRow } from '../support/record-rows.js';
import { eventually } from '../support/waiting.js';
import { breakAfter, breakBefore, watchStatements, wrapQueries } from '../support/writer-statements.js';
import { expectConsistent } from './consistent-counts.js';

const NOON = Date.parse('2026-01-15T12:00:00.000Z');
const click = (event_id: string, more: Record<string, unknown> = {}): TrackedEvent =>
  trackedRow({ event_type: 'click', event_id, timestamp: NOON, ...more });

/** A row that the domain lets through and this database refuses: the check is planted by the test. */
const POISON = { user_id: 'poison' };

/** Beyond what every store promises (event-store.contract.int.spec.ts). */
describe('the event store', () => {
  let database: TestDatabase;
  let service: TestApplication;
  let sql: Client;
  let transactions: number;

  beforeEach(async () => {
    database = await createTestDatabase();
    sql = new Client({ connectionString: database.url });
    await sql.connect();
    await sql.query(`alter table events add constraint planted check (user_id <> 'poison')`);
    service = await startApplication(database.url);
    await atRest(service);
    await service.store.append([click('warm-up')]);
    transactions = 0;
    watchStatements(service, (text) => (transactions += text === 'begin' ? 1 : 0));
  });
  afterEach(async () => {
    await service.close();
    await sql.end();
    await database.drop();
  });

  const statuses = async (events: readonly TrackedEvent[]) =>
    (await service.store.append(events)).map((verdict) =>
      verdict.status === 'rejected' ? verdict.reason : verdict.status,
    );

  const stored = async (): Promise<string[]> =>
    (
      await sql.query<{ event_id: string }>(`select event_id from events where event_id <> 'warm-up' order by 1`)
    ).rows.map((row) => row.event_id);

  it('lets the next twin take the place of one that PostgreSQL refuses', async () => {
    expect(await statuses([click('a', POISON), click('a'), click('a')])).toEqual([
      'unstorable',
      'recorded',
      'duplicate',
    ]);
    await expectConsistent(sql);
  });

  it.each([0, 1, 499, 998, 999])(
    'finds the one bad row at place %i of 1000, with at most 2·log₂(n)+1 extra transactions',
    async (place) => {
      const events = Array.from({ length: 1000 }, (_, index) => click(`e${index}`, index === place ? POISON : {}));
      const verdicts = await statuses(events);
      expect(verdicts.filter((verdict) => verdict === 'recorded')).toHaveLength(999);
      expect(verdicts[place]).toBe('unstorable');
      expect(transactions - 1).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(1000)) + 1);
      await expectConsistent(sql);
    },
  );

  it('isolates a row that cannot be put on the wire', async () => {
    const unencodable = Object.assign(
      Object.create(Object.getPrototypeOf(click('x')) as object) as TrackedEvent,
      click('x'),
      { viewportWidth: 2 ** 40 },
    );
    expect(await statuses([click('a'), unencodable, click('b')])).toEqual(['recorded', 'unstorable', 'recorded']);
    await expectConsistent(sql);
  });

  it('makes few transactions of many appends', async () => {
    const verdicts = await Promise.all(
      Array.from({ length: 200 }, (_, index) => service.store.append([click(`e${index}`)])),
    );
    expect(verdicts.flat().every(({ status }) => status === 'recorded')).toBe(true);
    expect(transactions).toBeLessThanOrEqual(10);
    await expectConsistent(sql);
  });

  it('calls rows recorded that an unanswered COMMIT had stored', async () => {
    await statuses([click('known')]);
    let broken = false;
    breakAfter(service, 'commit', () => !broken && (broken = true));
    expect(await statuses([click('a'), click('known'), click('b')])).toEqual(['recorded', 'duplicate', 'recorded']);
    expect(broken).toBe(true);
    await expectConsistent(sql);
  });

  it('calls rows duplicates that another replica stored after a COMMIT that never happened', async () => {
    const other = await startApplication(database.url);
    await other.database.connect();
    let broken = false;
    wrapQueries(service, async (query, text) => {
      if (text !== 'commit' || broken) return query();
      broken = true;
      await query('rollback');
      await other.store.append([click('a')]);
      throw new Error('Connection terminated unexpectedly');
    });
    expect(await statuses([click('a'), click('b')])).toEqual(['duplicate', 'recorded']);
    await expectConsistent(sql);
    await other.close();
  });

  it('tries again when the connection breaks before COMMIT', async () => {
    let broken = false;
    breakBefore(service, 'commit', () => !broken && (broken = true));
    expect(await statuses([click('a')])).toEqual(['recorded']);
    expect(broken).toBe(true);
    await expectConsistent(sql);
  });

  it('makes the partition of a week again when somebody dropped it', async () => {
    await sql.query('drop table events_w20260112');
    expect(await statuses([click('a')])).toEqual(['recorded']);
    expect(await stored()).toEqual(['a']);
  });

  it('makes one partition a week, from Monday to Monday', async () => {
    const sunday = Date.parse('2026-01-18T23:59:59.999Z');
    expect(await statuses([click('a', { timestamp: sunday }), click('b', { timestamp: sunday + 1 })])).toEqual([
      'recorded',
      'recorded',
    ]);
    const { rows } = await sql.query<{ part: string }>(
      `select tableoid::regclass::text as part from events where event_id in ('a', 'b') order by event_id`,
    );
    expect(rows.map((row) => row.part)).toEqual(['events_w20260112', 'events_w20260119']);
  });

  it('skips the 2-second counts below their horizon', async () => {
    await sql.query(`update storage_bounds set fine_horizon = '2026-01-15T12:00:00Z'`);
    await statuses([click('a', { timestamp: NOON - 1 }), click('b', { timestamp: NOON })]);
    const { rows } = await sql.query<{ n: string }>(
      `select sum(n) as n from event_counts_2s where bucket >= '2026-01-15T11:59:00Z'`,
    );
    expect(rows[0]!.n).toBe('2'); // b, and the warm-up of noon
  });

  describe('while PostgreSQL does not let it write', () => {
    const hold = () => sql.query(`select pg_advisory_lock($1)`, [EVENTS_LOCKS.recording]);
    const letGo = () => sql.query('select pg_advisory_unlock_all()');
    const waitingWriters = async () => {
      const { rowCount } = await sql.query(
        `select from pg_stat_activity where datname = current_database() and application_name = 'monitoreo-writer' and wait_event = 'advisory'`,
      );
      return rowCount;
    };

    it('withdraws what no transaction has taken when its wait is over', async () => {
      await hold();
      const taken = [service.store.append([click('taken-1')]), service.store.append([click('taken-2')])];
      await eventually(async () => (await waitingWriters()) === 2, { within: 5000, what: 'both writers wait' });
      await expect(service.store.append([click('withdrawn')], 20)).rejects.toBeInstanceOf(OutcomeUnknown);
      await letGo();
      await Promise.all(taken);
      await service.store.append([click('later')]);
      expect(await stored()).toEqual(['later', 'taken-1', 'taken-2']);
    });

    it('goes on after its connections were terminated', async () => {
      await hold();
      const waiting = service.store.append([click('a')]);
      const terminated = await eventually(
        async () => {
          const { rowCount } = await sql.query(
            `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'monitoreo-writer' and wait_event = 'advisory'`,
          );
          return rowCount !== 0 && rowCount;
        },
        { within: 5000, what: 'a writer waits for the lock' },
      );
      expect(terminated).toBeGreaterThan(0);
      await letGo();
      expect((await waiting)[0]!.status).toBe('recorded');
      await expectConsistent(sql);
    });
  });

  it('four writers with overlapping batches in any order, poison among them: no deadlock, every count right', async () => {
    const others = await Promise.all([1, 2, 3].map(() => startApplication(database.url)));
    await Promise.all(others.map((other) => other.database.connect()));
    const random = sequence(20260115);
    const batch = () =>
      Array.from({ length: 40 }, () => {
        const id = Math.floor(random() * 2000);
        return click(`e${id}`, id % 97 === 0 ? POISON : { timestamp: NOON + id * 10 });
      });
    const stores = [service, ...others].map(({ store }) => store);
    await Promise.all(
      stores.map(async (store) => {
        for (let round = 0; round < 250; round += 1) await store.append(batch());
      }),
    );
    const { rows } = await sql.query<{ deadlocks: string }>(
      'select deadlocks from pg_stat_database where datname = current_database()',
    );
    expect(rows[0]!.deadlocks).toBe('0');
    await expectConsistent(sql);
    await Promise.all(others.map((other) => other.close()));
  }, 120_000);
});

/** A small generator with a seed (mulberry32), so that a failure repeats. */
function sequence(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
