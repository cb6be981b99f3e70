import { Client } from 'pg';
import { RegionFacts } from '../../src/regions/application/facts/region-facts.port.js';
import { SUMMARIZE } from '../../src/regions/infrastructure/postgres/region-facts.sql.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { atRest } from '../support/application.js';
import { TwoRegions } from './two-regions.js';

const NOON = Date.parse('2026-01-15T12:00:00.000Z');
const PARTITION = 'events_w20260112';
const LARGE = 2_000;

interface Plan {
  readonly 'Exact Heap Blocks'?: number;
  readonly 'Lossy Heap Blocks'?: number;
  readonly Plans?: readonly Plan[];
}

const blocksOf = (plan: Plan): number =>
  (plan['Exact Heap Blocks'] ?? 0) +
  (plan['Lossy Heap Blocks'] ?? 0) +
  (plan.Plans ?? []).reduce((sum, part) => sum + blocksOf(part), 0);

/** Facts of 80 numbered transactions among others without a number. */
const FILL = `
insert into events (event_key, event_type, event_id, occurred_at, received_at, user_id, intake, tx)
select gen_random_uuid(), 'click', 'e' || n, $1, $1, case when n % 20 = 0 then null else repeat('u', 200) end, 'http',
  case when n % 20 = 0 then 1000000 + n else 1000 + n / 200 end
from generate_series(1, $2::int * 20) as n`;

/** Small rows go where older pages have room left, so that old and new transactions lie side by side. */
describe('a page of facts whose neighbours were filled up later', () => {
  let regions: TwoRegions;

  beforeAll(async () => {
    regions = await TwoRegions.start();
    const { sql, service } = regions.b;
    const first: Row[] = [{ event_type: 'click', event_id: 'first', timestamp: NOON, url: '/' }];
    await recordRows(service.store, first);
    await sql.query(FILL, [new Date(NOON), LARGE]);
    // A duty of one of the services here builds the index that is asked for; until then PostgreSQL may read by the older one.
    await Promise.all(regions.services.map((each) => atRest(each)));
  });
  afterAll(() => regions.stop());

  it('is read without the other pages', async () => {
    const { sql } = regions.b;
    await sql.query(SUMMARIZE);
    await sql.query('set enable_seqscan = off; set max_parallel_workers_per_gather = 0');
    const { rows } = await sql.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `explain (analyze, format json) select * from ${PARTITION} where tx >= 1100 and tx < 1101`,
    );
    const { rows: size } = await sql.query<{ blocks: number }>(
      `select pg_relation_size('${PARTITION}')::int / 8192 as blocks`,
    );
    const read = blocksOf(rows[0]!['QUERY PLAN'][0].Plan);
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(size[0]!.blocks / 5);
  });

  it('has its index brought up to date by the first walk, although a vacuum holds the lock for longer than a walk waits', async () => {
    const { sql, service, databaseUrl } = regions.b;
    await sql.query(FILL, [new Date(NOON), LARGE]);
    const vacuum = new Client({ connectionString: databaseUrl });
    await vacuum.connect();
    await vacuum.query(`begin; lock table ${PARTITION} in share update exclusive mode`);
    const prepared = service.app.get(RegionFacts).prepare(true);
    // It waits, gives up after 200 ms, and waits again.
    await new Promise((resolve) => setTimeout(resolve, 600));
    await vacuum.query('commit');
    await prepared;
    await vacuum.end();
    expect((await sql.query(SUMMARIZE)).rows).toEqual([{ sum: '0' }]);
  });
});
