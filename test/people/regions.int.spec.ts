import { OtherErasures } from '../../src/people/application/other-erasures.js';
import { Pseudonyms } from '../../src/people/domain/pseudonyms.js';
import { type TestRegion, tallyOf, TwoRegions } from '../regions/two-regions.js';
import { recordRows, type Row, trackedRow } from '../support/record-rows.js';
import { eventually } from '../support/waiting.js';

type Json = Record<string, unknown>;

const NOON = Date.parse('2026-01-15T12:00:00.000Z');
const ERASED_AT = Date.parse('2026-01-15T14:00:00.000Z');
const ERASURE_KEY = 'the key of erasures of all regions';
const CANARY = 'canary-7f3a';

const event = (event_id: string, more: Partial<Row> = {}): Row => ({
  event_type: 'click',
  event_id,
  timestamp: NOON,
  user_id: CANARY,
  url: `/of/${event_id}`,
  ...more,
});

describe('erasures between two regions', () => {
  let regions: TwoRegions;
  let a: TestRegion;
  let b: TestRegion;

  beforeAll(async () => {
    regions = await TwoRegions.start({ both: { ERASURE_KEY } });
    ({ a, b } = regions);
    for (const { clock } of regions.services) clock.time = ERASED_AT;
  }, 120_000);
  beforeEach(() => regions.clear());
  afterAll(() => regions.stop());

  const record = (region: TestRegion, rows: readonly Row[]) => recordRows(region.service.store, rows);
  /** Asked until it is done: a busy machine may take longer than an answer waits. */
  const erase = (region: TestRegion, userId = CANARY) =>
    eventually(
      async () => {
        const response = await fetch(`${region.service.url}/users/${userId}`, { method: 'DELETE' });
        return response.status === 200 && ((await response.json()) as Json);
      },
      { within: 60_000, what: 'the person is erased' },
    );
  /** Another service of the region may be at it. */
  const done = ({ sql, service }: TestRegion) =>
    eventually(
      async () => {
        await service.app.get(OtherErasures).finish();
        return (await sql.query('select from erasures where open')).rowCount === 0;
      },
      { within: 20_000, what: 'nothing is left to be erased' },
    );
  /** With what it has left to do. */
  const merge = async (into: TestRegion) => {
    const report = await regions.merge(into);
    await done(into);
    return report;
  };
  const users = async (region: TestRegion) => (await region.facts()).map(({ user_id }) => user_id);
  const holdsCanary = async (region: TestRegion) =>
    JSON.stringify([await region.facts(), await region.conflicts()]).includes(CANARY);

  it('what was erased in one is erased in the other, whichever held it first, and stays so', async () => {
    await record(a, [event('canary-7f3a-a'), event('canary-7f3a-both'), event('other', { user_id: 'somebody-else' })]);
    await record(b, [event('canary-7f3a-b'), event('canary-7f3a-both')]);
    expect(tallyOf(await merge(a))).toEqual({ merged: 1, known: 1 });
    expect(await erase(a)).toMatchObject({ state: 'done', events: 3 });
    expect(await holdsCanary(a)).toBe(false);

    expect(tallyOf(await merge(b))).toEqual({ merged: 2, known: 2 });
    expect(await holdsCanary(b)).toBe(false);
    expect(await b.facts()).toEqual(await a.facts());
    const { rows } = await b.sql.query('select open, user_id, events::int as events from erasures');
    expect(rows).toEqual([{ open: false, user_id: null, events: 2 }]);

    // Back again, and from the beginning.
    expect(tallyOf(await merge(a))).toEqual({ known: 2 });
    await regions.merge(a, { since: NOON - 1 });
    await done(a);
    expect(await holdsCanary(a)).toBe(false);
    expect((await users(a)).filter((user) => user !== null)).toEqual(['somebody-else']);
    for (const { sql } of [a, b]) {
      const counted = await sql.query('select sum(n)::int as n from event_counts_15m');
      expect(counted.rows).toEqual([{ n: 4 }]);
    }
  });

  it('what the other one holds and never had is recorded without its person', async () => {
    await record(b, [event('canary-7f3a-b'), event('other', { user_id: 'somebody-else' })]);
    expect(await erase(a)).toMatchObject({ events: 0 });
    expect(tallyOf(await merge(a))).toEqual({ merged: 2 });
    expect(new Set(await users(a))).toEqual(new Set(['somebody-else', null]));
    await merge(b);
    expect(await a.facts()).toEqual(await b.facts());
    expect(await holdsCanary(b)).toBe(false);
  });

  it('a copy that was received in the other one after the erasure, and is the same event, is erased as well', async () => {
    await record(a, [event('canary-7f3a-x')]);
    await erase(a);
    const receivedAt = ERASED_AT + 60_000;
    const late = (id: string) => Object.assign(trackedRow(event(id)), { receivedAt });
    await b.service.store.append([late('canary-7f3a-x'), late('new')]);
    await merge(b);
    expect(new Set(await users(b))).toEqual(new Set([CANARY, null]));
    await merge(a);
    // When each of them received it is its own.
    const content = (facts: readonly Json[]) => facts.map(({ received_at: _, ...fact }) => fact);
    expect(content(await a.facts())).toEqual(content(await b.facts()));
  });

  it('contents of a conflict: what is left of them is the same on both sides; of somebody else nothing is lost', async () => {
    const sale = (amount: string, user_id: string): Row =>
      event('canary-7f3a-order', { event_type: 'sale', amount, currency: 'EUR', user_id });
    await record(a, [sale('10.00', CANARY)]);
    await record(b, [sale('20.00', 'somebody-else')]);
    expect(tallyOf(await merge(a))).toEqual({ conflicts: 1 });
    expect(tallyOf(await merge(b))).toEqual({ conflicts: 1 });
    expect(await erase(a)).toMatchObject({ events: 1, conflicts: 1 });
    await merge(b);
    await merge(a);
    const contents = (await a.conflicts()).map(({ content }) => JSON.parse(content as string) as Json);
    expect(contents).toEqual(
      expect.arrayContaining([
        { amount: '10', currency: 'EUR' },
        expect.objectContaining({ amount: '20', user_id: 'somebody-else' }) as Json,
      ]),
    );
    expect(contents).toHaveLength(2);
    expect(await b.conflicts()).toEqual(await a.conflicts());
    expect(await users(a)).toEqual([null]);
    expect(await users(b)).toEqual(['somebody-else']);
    expect(JSON.stringify(await a.conflicts()).includes(`"user_id":"${CANARY}`)).toBe(false);
  });

  it('the log goes page by page, as hashes, to who may merge', async () => {
    const ids = ['u-1', 'u-2', 'ñandú'];
    for (const id of ids) await erase(a, encodeURIComponent(id));
    const pseudonyms = new Pseudonyms(ERASURE_KEY);
    const expected = ids
      .map((id) => ({ person: pseudonyms.of(id), id_bytes: Buffer.byteLength(id), erased_at: ERASED_AT }))
      .sort((one, other) => (one.person < other.person ? -1 : 1));
    const page = async (query: string) =>
      (await (await fetch(`${a.service.url}/regions/erasures?${query}`)).json()) as Json;
    const first = await page('limit=2');
    expect(first).toEqual({
      key_fingerprint: pseudonyms.fingerprint,
      erasures: expected.slice(0, 2),
      next_cursor: expected[1]!.person,
    });
    expect(await page(`limit=2&cursor=${first.next_cursor as string}`)).toEqual({
      key_fingerprint: pseudonyms.fingerprint,
      erasures: expected.slice(2),
      next_cursor: null,
    });
    expect((await fetch(`${a.service.url}/regions/erasures?cursor=none`)).status).toBe(400);
  });

  it('a merge refuses hashes of another key, and records nothing', async () => {
    await erase(b);
    await record(b, [event('x')]);
    await b.sql.query(`update erasure_key set fingerprint = 'of another key'`);
    expect(await regions.merge(a)).toMatchObject({ state: 'failed', code: 'erasure_key' });
    expect(await a.facts()).toEqual([]);
    expect((await a.sql.query('select from erasures')).rowCount).toBe(0);
    expect(await regions.merge(a, { dryRun: true })).toMatchObject({ state: 'failed', code: 'erasure_key' });
  });
});
