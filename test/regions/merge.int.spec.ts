import { OtherRegion, OtherRegionFailed } from '../../src/regions/application/merging/other-region.port.js';
import { RegionFacts } from '../../src/regions/application/facts/region-facts.port.js';
import { RegionMerges } from '../../src/regions/application/merging/region-merges.js';
import type { FactsAnswer } from '../../src/regions/application/answers/facts.answer.js';
import type { Regions } from '../../src/regions/application/answers/regions.answer.js';
import { Housekeeping } from '../../src/platform/housekeeping/housekeeping.js';
import { Random } from '../faults/random.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { eventually } from '../support/waiting.js';
import { partsOf, tallyOf, type TestRegion, TwoRegions } from './two-regions.js';

const NOON = Date.parse('2026-01-15T12:00:00.000Z');
const WEEK = 7 * 86_400_000;

const event = (event_id: string, more: Partial<Row> = {}): Row => ({
  event_type: 'click',
  event_id,
  timestamp: NOON,
  url: '/',
  ...more,
});
const events = (prefix: string, count: number): Row[] =>
  Array.from({ length: count }, (_, n) => event(`${prefix}-${n}`, { timestamp: NOON + n * 1_000 }));

describe('a merge of two regions', () => {
  let regions: TwoRegions;
  let a: TestRegion;
  let b: TestRegion;

  beforeAll(async () => {
    regions = await TwoRegions.start();
    ({ a, b } = regions);
  });
  beforeEach(() => regions.clear());
  afterAll(() => regions.stop());

  const record = (region: TestRegion, rows: readonly Row[]) => recordRows(region.service.store, rows);
  const same = async () => {
    expect(await a.facts()).toEqual(await b.facts());
    expect(await a.conflicts()).toEqual(await b.conflicts());
  };
  const verified = async ({ sql }: TestRegion) => {
    const { rows } = await sql.query<{ facts: string; counted: string }>(
      'select (select count(*) from events) as facts, (select coalesce(sum(n), 0) from event_counts_15m) as counted',
    );
    expect(rows[0]!.counted).toBe(rows[0]!.facts);
  };

  it('is the union of both, in either direction and as often as one likes', async () => {
    await record(a, [...events('a', 30), ...events('both', 10)]);
    await record(b, [...events('b', 25), ...events('both', 10)]);
    expect(tallyOf(await regions.merge(a))).toEqual({ merged: 25, known: 10 });
    expect(tallyOf(await regions.merge(b))).toEqual({ merged: 30, known: 35 });
    await same();
    expect(await a.ids()).toHaveLength(65);
    await Promise.all([verified(a), verified(b)]);

    // What was read is not read again, but for what the other one has merged since.
    expect(tallyOf(await regions.merge(a))).toEqual({ known: 30 });
    expect(tallyOf(await regions.merge(a))).toEqual({});
    await record(b, [event('late', { timestamp: NOON - 3 * WEEK })]);
    expect(tallyOf(await regions.merge(a))).toEqual({ merged: 1 });
    expect(tallyOf(await regions.merge(a, { since: NOON }))).toEqual({ known: 65 });
    expect(tallyOf(await regions.merge(a))).toEqual({});
  });

  it('writes down both contents of a conflict, the same on both sides, and each goes on counting its own', async () => {
    const sale = (amount: string): Row => event('order', { event_type: 'sale', amount, currency: 'EUR' });
    await record(a, [sale('10.00'), event('x', { url: '/a' })]);
    await record(b, [sale('20.00'), event('x', { url: '/b' })]);
    expect(tallyOf(await regions.merge(a))).toEqual({ conflicts: 2 });
    expect(tallyOf(await regions.merge(b))).toEqual({ conflicts: 2 });
    const conflicts = await a.conflicts();
    expect(conflicts).toHaveLength(4);
    expect(await b.conflicts()).toEqual(conflicts);
    const fingerprints = conflicts.map(({ fingerprint }) => BigInt(fingerprint as string));
    expect(fingerprints[0]! < fingerprints[1]! && fingerprints[2]! < fingerprints[3]!).toBe(true);

    const shown = (await (await fetch(`${b.service.url}/regions`)).json()) as Regions;
    expect(shown.conflicts.total).toBe(2);
    const order = shown.conflicts.newest.find(({ event_type }) => event_type === 'sale')!;
    expect(order.contents.map(({ content }) => content.amount).sort()).toEqual(['10', '20']);
    const amounts = async ({ sql }: TestRegion) =>
      (await sql.query<{ amount: string }>(`select sum(amount)::text as amount from events`)).rows[0]!.amount;
    expect([await amounts(a), await amounts(b)]).toEqual(['10.0000', '20.0000']);
  });

  it('goes through conflicts of large events in pages that the other region takes', async () => {
    const large = (url: string) =>
      Array.from({ length: 150 }, (_, n) => event(`large-${n}`, { url, properties: { text: 'x'.repeat(60_000) } }));
    await record(a, large('/a'));
    await record(b, large('/b'));
    expect(tallyOf(await regions.merge(a))).toEqual({ conflicts: 150 });
    expect(tallyOf(await regions.merge(b))).toEqual({ conflicts: 150 });
    const conflicts = await a.conflicts();
    expect(conflicts).toHaveLength(300);
    expect(await b.conflicts()).toEqual(conflicts);
    // Two thousand rows are asked for at once, and no answer above 16 MiB is taken.
    const sizes: number[] = [];
    let shown = 0;
    for (let cursor: string | null = ''; cursor !== null;) {
      const text = await (await fetch(`${a.service.url}/regions/facts?limit=2000${cursor}`)).text();
      const page = JSON.parse(text) as FactsAnswer;
      sizes.push(text.length);
      shown += page.conflicts.length;
      cursor = page.next_cursor === null ? null : `&cursor=${page.next_cursor}`;
    }
    expect(shown).toBe(300);
    expect(Math.max(...sizes)).toBeLessThan(4_000_000);
  });

  it('tells what was stamped anew, what lies below the floor and what is refused; dead letters stay', async () => {
    await record(a, [event('stamped')]);
    await record(b, [event('stamped', { timestamp: NOON + 60_000 }), event('old', { timestamp: NOON - 8 * WEEK })]);
    await record(b, [event('wrong')]);
    await b.sql.query(`update events set page_url = 'no address' where event_id = 'wrong'`);
    await a.sql.query(`update storage_bounds set retention_floor = '2026-01-12T00:00:00Z'`);
    await b.sql.query(
      `insert into dead_letters (id, origin_key, reason, topic, message_id, published_at, payload, first_seen, attempts, state)
       values (gen_random_uuid(), gen_random_uuid(), 'not_json', 'persistent://public/default/clicks', '1:1:-1:-1', now(), '', now(), 0, 'open')`,
    );
    const report = await regions.merge(a);
    expect(tallyOf(report)).toEqual({ restamped: 1, below_floor: 1, rejected: 1 });
    expect(report.deadLetters).toBe(1);
    expect((await a.sql.query('select from dead_letters')).rowCount).toBe(0);
  });

  it('says in a rehearsal what it would do, and does nothing', async () => {
    await record(a, [...events('both', 3), event('x', { url: '/a' }), event('stamped')]);
    await record(b, [
      ...events('both', 3),
      ...events('b', 9),
      event('x', { url: '/b' }),
      event('stamped', { timestamp: NOON + 1 }),
    ]);
    const before = await a.facts();
    const expected = { merged: 9, known: 3, conflicts: 1, restamped: 1 };
    expect(tallyOf(await regions.merge(a, { dryRun: true }))).toEqual(expected);
    expect(await a.facts()).toEqual(before);
    expect(await a.conflicts()).toEqual([]);
    expect(tallyOf(await regions.merge(a))).toEqual(expected);
  });

  it('waits for a transaction that is open over three merges, says whose it is, and misses nothing of it', async () => {
    await record(b, [event('before')]);
    await b.settled();
    await b.sql.query('begin');
    await b.sql.query(
      `insert into event_identity (event_key, event_type, fingerprint, occurred_at)
       values ('0190a000-0000-7000-8000-000000000001', 'click', null, '2026-01-15T12:00:00Z')`,
    );
    await b.sql.query(
      `insert into events (event_key, event_type, event_id, occurred_at, received_at, user_id, intake)
       values ('0190a000-0000-7000-8000-000000000001', 'click', '0190a000-0000-7000-8000-000000000001',
         '2026-01-15T12:00:00Z', '2026-01-15T12:00:00Z', 'u', 'http')`,
    );
    const report = await regions.mergeNow(a);
    expect(tallyOf(report)).toEqual({ merged: 1 });
    for (let n = 0; n < 2; n++) {
      await record(b, [event(`after-${n}`)]);
      const held = await regions.mergeNow(a);
      expect(tallyOf(held)).toEqual({});
      expect(held.heldBack!.ms).toBeGreaterThan(0);
    }
    await b.sql.query('commit');
    expect(tallyOf(await regions.merge(a))).toEqual({ merged: 3 });
    await same();
  });

  it('is told of a transaction that held something back, although that ends at the same moment', async () => {
    const facts = regions.services[1]!.app.get(RegionFacts);
    const random = new Random(20_261_127);
    for (let round = 0; round < 150; round++) {
      await b.sql.query('begin; select pg_current_xact_id()');
      const { rows } = await a.sql.query<{ id: string }>('select pg_current_xact_id()::text as id');
      const asked = facts.moment();
      for (let turns = random.below(20); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
      const ending = b.sql.query('commit');
      const { ended, heldBack } = await asked;
      await ending;
      expect(heldBack !== null || ended > BigInt(rows[0]!.id)).toBe(true);
    }
  });

  it('goes on after it was stopped at any page, and after a page that could not be recorded', async () => {
    await record(b, events('b', 60));
    await b.settled();
    const stop = new AbortController();
    const { record: recordThere } = partsOf(a.service);
    let pages = 0;
    const stopping = await regions.mergeNow(
      a,
      {},
      {
        record: async (command) => {
          if (++pages === 3) stop.abort(new Error('killed'));
          return recordThere(command);
        },
      },
      stop.signal,
    );
    expect(stopping.state).toBe('interrupted');
    const broken = await regions.mergeNow(a, {}, { record: () => Promise.reject(new Error('planted')) });
    expect(broken).toMatchObject({ state: 'failed', code: 'internal', detail: 'planted' });
    expect(await regions.merge(a)).toMatchObject({ state: 'done' });
    await same();
    await verified(a);
  });

  it('killed at twenty random points and run again, it is the same union', async () => {
    const random = new Random(20_261_126);
    await record(a, [...events('a', 20), ...events('both', 10)]);
    for (let n = 0; n < 6; n++) await record(b, events(`b${n}`, 15));
    await record(b, events('both', 10));
    await b.settled();
    const { record: recordThere } = partsOf(a.service);
    for (let kill = 0; kill < 20; kill++) {
      let left = random.below(12);
      // The process ends before the page is recorded, or after it and before anybody knows.
      const before = random.below(2) === 0;
      await regions.mergeNow(
        a,
        {},
        {
          record: async (command) => {
            if (left-- > 0) return recordThere(command);
            if (!before) await recordThere(command);
            throw new Error('killed');
          },
        },
      );
    }
    await regions.merge(a);
    expect(await a.ids()).toHaveLength(120);
    await verified(a);
    await regions.merge(b);
    await same();
  });

  it('/health names a region that cannot be reached, and the service stays ready', async () => {
    const reach = a.service.app.get(OtherRegion);
    const known = reach.reach.bind(reach);
    reach.reach = () => Promise.reject(new OtherRegionFailed('unreachable', 'b (http://b) cannot be reached: gone'));
    const regionsOf = async () =>
      ((await (await fetch(`${a.service.url}/health`)).json()) as { components: Record<string, unknown> }).components
        .regions;
    await a.service.app.get(Housekeeping).round();
    a.service.clock.time += 1_000; // a report is kept for a moment
    expect(await regionsOf()).toEqual({ status: 'down', reason: 'b (http://b) cannot be reached: gone' });
    expect((await fetch(`${a.service.url}/health/ready`)).status).toBe(200);
    reach.reach = known;
    await a.service.app.get(Housekeeping).round();
    a.service.clock.time += 1_000;
    expect(await regionsOf()).toEqual({ status: 'up' });
  });

  it('is begun by an operator over HTTP, one at a time, and shown', async () => {
    await record(b, events('b', 12));
    await b.settled();
    const post = (body: unknown) =>
      fetch(`${a.service.url}/regions/merge`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const begun = await post({ from: 'b' });
    expect(begun.status).toBe(202);
    const { id } = (await begun.json()) as { id: string };
    const shown = async () => (await (await fetch(`${a.service.url}/regions`)).json()) as Regions;
    const done = await eventually(
      async () => {
        const { merges } = await shown();
        return merges[0]?.state === 'done' && merges[0];
      },
      { within: 20_000, what: 'the merge is done' },
    );
    expect(done).toMatchObject({ id, from: 'b', dry_run: false, actor: 'nobody', merged: 12, known: 0, code: null });
    const { region, regions: standings } = await shown();
    expect([region, standings]).toEqual(['a', [expect.objectContaining({ name: 'b', status: 'merged' })]]);
    expect(Date.parse(standings[0]!.merged_until!)).toBeGreaterThan(0);
    const unknown = await post({ from: 'nowhere' });
    expect([unknown.status, await unknown.json()]).toMatchObject([400, { code: 'unknown_region' }]);
    expect((await post({ from: 'b', since: 'yesterday' })).status).toBe(400);

    await a.sql.query('select pg_advisory_lock(7301011)');
    const second = await post({ from: 'b' });
    expect([second.status, await second.json()]).toMatchObject([409, { code: 'merge_under_way' }]);
    await a.sql.query('select pg_advisory_unlock(7301011)');
    const audit = (await (await fetch(`${a.service.url}/audit`)).json()) as { entries: { action: string }[] };
    expect(audit.entries.map(({ action }) => action)).toEqual(['region.merged']);
  });

  it('is done by one replica when it is due', async () => {
    await record(b, events('b', 5));
    await b.settled();
    const merges = a.service.app.get(RegionMerges);
    const reports = await Promise.all([merges.mergeDue(), merges.mergeDue(), merges.mergeDue()]);
    // Without MERGE_EVERY every look is due, so that later ones may follow; never two at once.
    expect(reports.flat().filter(({ tally }) => tally.merged > 0)).toHaveLength(1);
    const { rows } = await a.sql.query<{ overlapping: string }>(
      `select count(*) as overlapping from region_merges one join region_merges other
       on one.id < other.id and tstzrange(one.started_at, one.finished_at) && tstzrange(other.started_at, other.finished_at)`,
    );
    expect(rows[0]!.overlapping).toBe('0');
    await same();
  });

  it('fails with its reason while the other region is away, and the figures say so', async () => {
    const away = new OtherRegionFailed('unreachable', 'b (http://127.0.0.1:9) cannot be reached: ECONNREFUSED');
    const refuse = () => Promise.reject(away);
    const other = { facts: refuse, erasures: refuse, reach: refuse };
    expect(await regions.mergeNow(a, {}, { other })).toMatchObject({
      state: 'failed',
      code: 'unreachable',
      detail: away.message,
    });
    const { regions: standings } = (await (await fetch(`${a.service.url}/metrics`)).json()) as Regions;
    expect(standings).toEqual([{ name: 'b', merged_until: null, lag_ms: null, status: 'unreachable' }]);
  });
});
