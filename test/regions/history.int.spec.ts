import { RegionFacts } from '../../src/regions/application/facts/region-facts.port.js';
import { deriveMessageKey } from '../../src/events/domain/event-identity.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { tallyOf, type TestRegion, TwoRegions } from './two-regions.js';

const NOON = Date.parse('2026-01-15T12:00:00.000Z');
const event = (event_id: string): Row => ({ event_type: 'click', event_id, timestamp: NOON, url: '/' });
const events = (prefix: string, count: number): Row[] =>
  Array.from({ length: count }, (_, n) => event(`${prefix}-${n}`));

/** The ids of transactions are given out anew by another database, and by an earlier copy of the same one. */
describe('a merge begins anew where transactions have another history', () => {
  let regions: TwoRegions;
  let a: TestRegion;
  let b: TestRegion;

  let truth: RegionFacts['moment'];

  beforeAll(async () => {
    regions = await TwoRegions.start();
    ({ a, b } = regions);
    truth = asked().moment.bind(asked());
  });
  beforeEach(async () => {
    await regions.clear();
    asked().moment = truth;
    await recordRows(b.service.store, events('b', 20));
    expect(tallyOf(await regions.merge(a))).toEqual({ merged: 20 });
  });
  afterAll(() => regions.stop());

  const asked = () => regions.services[1]!.app.get(RegionFacts);
  /** Sets the history that B's database tells from now on. */
  const pretend = (history: { system?: string; timeline?: string }) => {
    asked().moment = async (signal) => {
      const known = await truth(signal);
      return { ...known, history: { ...known.history, ...history } };
    };
  };

  it.each([
    ['a standby that was promoted', { timeline: '0000002A' }],
    ['another server', { system: '7000000000000000001' }],
  ])('%s', async (_, history) => {
    pretend(history);
    await recordRows(b.service.store, [event('after')]);
    expect(tallyOf(await regions.merge(a))).toEqual({ merged: 1, known: 20 });
    expect(tallyOf(await regions.merge(a))).toEqual({});
    expect(await a.facts()).toEqual(await b.facts());
  });

  it('files that were copied back, in the same history: the last fact that was read is gone', async () => {
    const { rows } = await b.sql.query<{ event_key: string }>(
      'select event_key from events order by tx desc, event_key desc, event_type desc limit 1',
    );
    await b.sql.query('delete from events where event_key = $1', [rows[0]!.event_key]);
    await b.sql.query('delete from event_identity where event_key = $1', [rows[0]!.event_key]);
    await recordRows(b.service.store, [event('after')]);
    // As if ids before the last one that was read had been given out again.
    await b.sql.query(`update events set tx = (select min(tx) from events) where event_id = 'after'`);
    expect(tallyOf(await regions.merge(a))).toEqual({ merged: 1, known: 19 });
    expect(tallyOf(await regions.merge(b))).toEqual({ merged: 1, known: 20 });
    expect(await a.facts()).toEqual(await b.facts());
  });

  it('facts that a restore brought from a database whose ids were further on', async () => {
    await b.sql.query(`update events set tx = tx + 1000000000000`);
    pretend({ system: '7000000000000000001' });
    await a.sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m');
    await recordRows(b.service.store, [event('after')]);
    // Their ids lie ahead of all that this server has given out, so nobody can wait for them.
    await regions.mergeNow(a);
    expect(await a.ids()).toEqual(expect.arrayContaining(events('b', 20).map(({ event_id }) => event_id)));
  });

  it('facts from before there were transactions in them, and those beside them', async () => {
    await b.sql.query(`update events set tx = null where event_id < 'b-15'`);
    await a.sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m, region_watermarks');
    expect(tallyOf(await regions.merge(a))).toEqual({ merged: 20 });
    expect(await a.facts()).toEqual(await b.facts());
    expect(tallyOf(await regions.merge(a))).toEqual({});
  });
});

describe('two regions of one Pulsar cluster', () => {
  let regions: TwoRegions;

  beforeEach(async () => {
    regions = await TwoRegions.start({ both: { PULSAR_CLUSTER: 'standalone' } });
  });
  afterEach(() => regions.stop());

  it('are merged where events bring their ids, and refused from the first page with an identity that was derived', async () => {
    const { a, b } = regions;
    await recordRows(b.service.store, events('b', 5));
    expect(tallyOf(await regions.merge(a))).toEqual({ merged: 5 });

    const address = {
      cluster: 'standalone',
      topic: 'persistent://public/default/clicks',
      messageId: '12:3:-1:0',
      publishedAt: NOON,
    };
    const key = deriveMessageKey(address);
    await recordRows(b.service.store, [event(key), event('beside')]);
    await b.sql.query(
      `update events set intake = 'pulsar', message_id = $2, received_at = to_timestamp($3) where event_id = $1`,
      [key, address.messageId, NOON / 1000],
    );
    const report = await regions.merge(a);
    expect(report).toMatchObject({ state: 'failed', code: 'same_cluster' });
    expect(report.detail).toContain('PULSAR_CLUSTER=standalone');
    expect(await a.ids()).toHaveLength(5);
  });
});
