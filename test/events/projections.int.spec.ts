import { Client } from 'pg';
import type { ProjectionRepair } from '../../src/events/application/projections/projections.port.js';
import { rebuildProjections, type RebuildStep } from '../../src/events/application/projections/rebuild-projections.js';
import { verifyProjections } from '../../src/events/application/projections/verify-projections.js';
import { FineHorizon } from '../../src/events/infrastructure/postgres/keeping/fine-horizon.js';
import {
  PostgresProjectionRepair,
  RebuildUnderWay,
} from '../../src/events/infrastructure/postgres/projections/postgres-projection-repair.js';
import { PostgresProjections } from '../../src/events/infrastructure/postgres/projections/postgres-projections.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { useServiceForEach } from '../support/used-service.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A quarter-hour that holds events of every label, on no border. */
const NOON = Date.parse('2026-01-15T12:00:00.000Z');

describe('the projections beside the facts', () => {
  const application = useServiceForEach({}, NOON + 2 * DAY);
  let projections: PostgresProjections;

  beforeEach(() => {
    projections = new PostgresProjections(application.sql);
  });

  /** Votes, clicks, conversions, sales in two currencies and one without an amount, spread over `hours`. */
  const rows = (count: number, hours: number, name = 'event'): Row[] =>
    Array.from({ length: count }, (_, n) => ({
      event_id: `${name}-${n}`,
      timestamp: NOON - Math.floor((n * hours * HOUR) / count) - (n % 1000),
      ...(
        [
          { event_type: 'click' },
          { event_type: 'click', reaction: 'cheers' },
          { event_type: 'conversion', conversion_type: 'signup' },
          { event_type: 'sale', amount: '19.9', currency: 'EUR' },
          { event_type: 'sale', amount: '0.0001', currency: 'USD' },
          { event_type: 'sale' },
        ] as const
      )[n % 6]!,
    }));
  const verify = (sliceMs = DAY) => verifyProjections(projections, sliceMs, () => undefined);
  const rebuild = async (onProgress: (step: RebuildStep) => void = () => undefined, restart = false) => {
    const client = new Client({ connectionString: application.databaseUrl });
    client.on('error', () => undefined); // terminated between two statements: the next one fails
    await client.connect();
    try {
      const own = new PostgresProjections(client);
      const repair: ProjectionRepair = await PostgresProjectionRepair.take(client, own);
      return await rebuildProjections(own, repair, { sliceMs: HOUR, restart }, onProgress);
    } finally {
      await client.end();
    }
  };

  it('agree after recording, and when there is nothing', async () => {
    expect(await verify()).toEqual({ facts: 0, difference: null });
    await recordRows(application.store, rows(600, 72));
    for (const slice of [HOUR, DAY, 7 * DAY]) expect(await verify(slice)).toEqual({ facts: 600, difference: null });
  });

  const FIRST = `select min(bucket) from event_counts_15m where event_type = 'sale' and label = 'EUR'`;
  it.each([
    [
      'a count too high',
      'event_counts_15m',
      `update event_counts_15m set n = n + 1 where bucket = (${FIRST}) and label = 'EUR'`,
    ],
    [
      'an amount too low',
      'event_counts_15m',
      `update event_counts_15m set amount = amount - 0.0001 where bucket = (${FIRST}) and label = 'EUR'`,
    ],
    [
      'a row missing',
      'event_counts_2s',
      `delete from event_counts_2s where bucket = (select min(bucket) from event_counts_2s where label = 'EUR') and label = 'EUR'`,
    ],
    [
      'a row too many',
      'event_counts_2s',
      `insert into event_counts_2s values ('2026-01-10T00:00:02Z', 'sale', 'EUR', 1, 5)`,
    ],
    ['all of it gone', 'event_counts_2s', `truncate event_counts_2s`],
  ])('a planted difference is named, and a rebuild mends it: %s', async (_, table, plant) => {
    await recordRows(application.store, rows(600, 72));
    await application.sql.query(plant);
    const { difference } = await verify();
    expect(difference).toMatchObject({ projection: table });
    if (table !== 'event_counts_2s' || !plant.startsWith('truncate'))
      expect(difference).toMatchObject({ eventType: 'sale', label: 'EUR' });
    expect(difference?.expected).not.toEqual(difference?.found);
    expect((await rebuild())?.corrected).toBeGreaterThan(0);
    expect(await verify()).toEqual({ facts: 600, difference: null });
    expect((await rebuild())?.corrected).toBe(0);
  });

  it('names what is expected and what was found', async () => {
    await recordRows(application.store, [
      { event_type: 'sale', event_id: 's', timestamp: NOON + 1, amount: '19.90', currency: 'EUR' },
    ]);
    await application.sql.query('update event_counts_15m set n = 3');
    expect((await verify()).difference).toEqual({
      projection: 'event_counts_15m',
      bucket: NOON,
      eventType: 'sale',
      label: 'EUR',
      expected: { n: '1', amount: '19.9000' },
      found: { n: '3', amount: '19.9000' },
    });
  });

  it('looks only above the horizon and the floor, where both sides still are', async () => {
    await recordRows(application.store, rows(600, 72));
    await application.app.get(FineHorizon).advance(NOON + 14 * DAY);
    expect((await verify()).difference).toBeNull();
    await application.sql.query(`update storage_bounds set retention_floor = '2026-01-14T00:00:00Z'`);
    await application.sql.query(`delete from events where occurred_at < '2026-01-14T00:00:00Z'`);
    const before = await application.sql.query(`select * from event_counts_15m order by 1, 2, 3`);
    expect((await verify()).difference).toBeNull();
    expect((await rebuild())?.corrected).toBe(0);
    expect((await application.sql.query(`select * from event_counts_15m order by 1, 2, 3`)).rows).toEqual(before.rows);
  });

  it('a rebuild from nothing, while events arrive, ends equal to a recount; verify is right at any time', async () => {
    await recordRows(application.store, rows(3_000, 48));
    await application.sql.query('truncate event_counts_2s, event_counts_15m');
    let arrived = 0;
    let stop = false;
    const arrivals = (async () => {
      for (; !stop || arrived < 10; arrived++) await recordRows(application.store, rows(96, 48, `late-${arrived}`));
    })();
    const done = await rebuild();
    expect(done?.facts).toBeGreaterThanOrEqual(3_000);
    for (let look = 0; look < 3; look++) expect((await verify(6 * HOUR)).difference).toBeNull();
    stop = true;
    await arrivals;
    expect(await verify()).toEqual({ facts: 3_000 + arrived * 96, difference: null });
  });

  it('a rebuild of right counts changes no figure: reads meanwhile equal a recount', async () => {
    await recordRows(application.store, rows(2_000, 48));
    let rebuilding = true;
    const rebuilt = rebuild().finally(() => (rebuilding = false));
    const counted = new Set<string>();
    while (rebuilding) {
      const { rows: answer } = await application.sql.query<{ n: string }>(
        `select (select sum(n) from event_counts_15m)::text || ' ' || (select sum(n) from event_counts_2s)::text as n`,
      );
      counted.add(answer[0]!.n);
    }
    expect((await rebuilt)?.corrected).toBe(0);
    expect([...counted]).toEqual(['2000 2000']);
  });

  it('shows a quarter-hour wholly before or wholly after its correction', async () => {
    await recordRows(application.store, rows(4_000, 24));
    await application.sql.query('update event_counts_2s set n = n + 1; update event_counts_15m set n = n + 1');
    let rebuilding = true;
    const rebuilt = rebuild().finally(() => (rebuilding = false));
    let mixed = 0;
    let looks = 0;
    while (rebuilding || looks === 0) {
      const { rows: answer } = await application.sql.query<{ mixed: number }>(`
        with fine as (
          select date_bin('15 minutes', c.bucket, 'epoch') as quarter, bool_or(c.n <> f.n) as wrong, bool_and(c.n <> f.n) as all_wrong
          from event_counts_2s c
          join (select date_bin('2 seconds', occurred_at, 'epoch') as bucket, event_type, coalesce(reaction, currency, '') as label,
                       count(*) as n from events group by 1, 2, 3) f using (bucket, event_type, label) group by 1),
        coarse as (
          select c.bucket as quarter, bool_or(c.n <> f.n) as wrong
          from event_counts_15m c
          join (select date_bin('15 minutes', occurred_at, 'epoch') as bucket, event_type, coalesce(reaction, currency, '') as label,
                       count(*) as n from events group by 1, 2, 3) f using (bucket, event_type, label) group by 1)
        select count(*)::int as mixed from fine join coarse using (quarter)
        where fine.wrong <> coarse.wrong or fine.wrong <> fine.all_wrong`);
      mixed += answer[0]!.mixed;
      looks += 1;
    }
    await rebuilt;
    expect(mixed).toBe(0);
    expect((await verify()).difference).toBeNull();
  });

  it('goes on where it was killed, and counts nothing twice', async () => {
    await recordRows(application.store, rows(2_000, 48));
    await application.sql.query('truncate event_counts_2s, event_counts_15m');
    let slices = 0;
    let killed = Promise.resolve<unknown>(undefined);
    const kill = ({ position }: RebuildStep) => {
      slices += 1;
      if (slices === 10)
        killed = application.sql.query(
          `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = 7301005
             and database = (select oid from pg_database where datname = current_database())`,
        );
      return position;
    };
    await expect(rebuild(kill)).rejects.toThrow();
    await killed;
    expect((await verify()).difference).not.toBeNull();
    const resumedAt: number[] = [];
    const done = await rebuild(({ position }) => resumedAt.push(position));
    expect(resumedAt.length).toBeLessThan(45);
    expect(done?.start).toBeLessThan(resumedAt[0]! - 8 * HOUR);
    expect((await verify()).difference).toBeNull();
    // The next one is a new one, from the beginning.
    const again: number[] = [];
    await rebuild(({ position }) => again.push(position));
    expect(again.length).toBeGreaterThan(45);
  });

  it('one rebuild at a time', async () => {
    await recordRows(application.store, rows(10, 1));
    const first = new Client({ connectionString: application.databaseUrl });
    await first.connect();
    await PostgresProjectionRepair.take(first, new PostgresProjections(first));
    await expect(rebuild()).rejects.toThrow(RebuildUnderWay);
    await first.end();
  });
});
