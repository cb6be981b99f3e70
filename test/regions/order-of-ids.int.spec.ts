import { recordRows, type Row } from '../support/record-rows.js';
import { tallyOf, TwoRegions } from './two-regions.js';

const NOON = Date.parse('2026-01-15T12:00:00.000Z');
const COUNT = 20;

/** Ids of transactions are numbers: 9 comes before 10, as text after it. Pages of 7 end among them. */
describe('a walk over transactions whose ids get another digit', () => {
  let regions: TwoRegions;

  beforeAll(async () => {
    regions = await TwoRegions.start();
  });
  afterAll(() => regions.stop());

  it('reads each fact once', async () => {
    const { a, b } = regions;
    const rows: Row[] = Array.from({ length: COUNT }, (_, n) => ({
      event_type: 'click',
      event_id: `b-${n}`,
      timestamp: NOON + n,
      url: '/',
    }));
    await recordRows(b.service.store, rows);
    await b.sql.query(`update events set tx = 5 + (extract(epoch from occurred_at) * 1000)::bigint - $1`, [NOON]);
    expect(tallyOf(await regions.merge(a))).toEqual({ merged: COUNT });
  });

  it('reads every content of a conflict', async () => {
    const { a, b } = regions;
    await b.sql.query(
      `insert into region_conflicts (event_key, event_type, fingerprint, event_id, content, first_seen, tx)
       select gen_random_uuid(), 'click', n, 'c-' || n, '{}', now(), 5 + n from generate_series(1, $1::int) as n`,
      [COUNT],
    );
    await regions.merge(a);
    expect(await a.conflicts()).toEqual(await b.conflicts());
  });
});
