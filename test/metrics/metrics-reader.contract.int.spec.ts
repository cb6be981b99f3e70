import fc from 'fast-check';
import { Client } from 'pg';
import { RangeTooLong } from '../../src/events/domain/counts/range-too-long.js';
import { TimeRange } from '../../src/events/domain/time-range.js';
import type { MetricsReader, WindowCounts } from '../../src/metrics/application/metrics-reader.port.js';
import { NO_FILTER } from '../../src/metrics/domain/metrics-filter.js';
import { tenThousandths } from '../../src/metrics/domain/money.js';
import { PostgresMetricsReader } from '../../src/metrics/infrastructure/postgres/postgres-metrics-reader.js';
import { MemoryEvents, MemoryEventStore } from '../events/memory-event-store.js';
import { atRest, startApplication } from '../support/application.js';
import { testUuid } from '../support/events.js';
import { createTestDatabase } from '../support/postgres.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { MemoryMetricsReader } from './memory-metrics-reader.js';
import { select } from './recount.js';

const FINE = 2_000;
const QUARTER = 900_000;
const DAY = 86_400_000;
/** A Monday 00:00 UTC: border of a partition, a quarter-hour and a 2-second bucket at once. */
const MONDAY = Date.parse('2026-01-12T00:00:00.000Z');
const PAGES = ['https://shop.example/a', 'https://shop.example/b'];

interface Running {
  /** A reader that knows nothing yet of the bounds of what is kept. */
  reader(): MetricsReader;
  record(rows: readonly Row[]): Promise<void>;
  /** From here on 2-second counts before it are no longer kept. */
  moveHorizon(horizon: number): Promise<void>;
  /** From here on facts before it are no longer kept. */
  moveFloor(floor: number): Promise<void>;
  forget(): Promise<void>;
  stop(): Promise<void>;
}

function inMemory(): Promise<Running> {
  const events = new MemoryEvents();
  const store = new MemoryEventStore(events);
  return Promise.resolve({
    reader: () => new MemoryMetricsReader(events),
    record: (rows) => recordRows(store, rows),
    moveHorizon: () => Promise.resolve(),
    moveFloor: (floor) => Promise.resolve(void (events.retentionFloor = floor)),
    forget: () => {
      events.facts.clear();
      events.retentionFloor = -Infinity;
      return Promise.resolve();
    },
    stop: () => Promise.resolve(),
  });
}

async function inPostgres(): Promise<Running> {
  const testDatabase = await createTestDatabase();
  const application = await startApplication(testDatabase.url);
  await atRest(application);
  const sql = new Client({ connectionString: testDatabase.url });
  await sql.connect();
  return {
    reader: () => new PostgresMetricsReader(application.database),
    record: (rows) => recordRows(application.store, rows),
    // As FineHorizon does: the bound first, then what lies below it.
    moveHorizon: async (horizon) => {
      await sql.query('update storage_bounds set fine_horizon = $1', [new Date(horizon)]);
      await sql.query('delete from event_counts_2s where bucket < $1', [new Date(horizon)]);
    },
    // The floor first, then the facts below it; the counts per quarter-hour stay.
    moveFloor: async (floor) => {
      await sql.query('update storage_bounds set retention_floor = $1', [new Date(floor)]);
      await sql.query('delete from events where occurred_at < $1', [new Date(floor)]);
    },
    forget: async () => {
      await sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m');
      await sql.query(`update storage_bounds set retention_floor = '1970-01-05Z', fine_horizon = '1970-01-05Z'`);
    },
    stop: async () => {
      await sql.end();
      await application.close();
      await testDatabase.drop();
    },
  };
}

const labelOf = ({ event_type, reaction, interaction, currency }: Row): string =>
  (event_type === 'sale' ? (currency ?? 'XXX') : (reaction ?? interaction ?? '')) as string;

/** The figures of a plain count over the rows, a line per bucket, type and label. @param wanted rows that pass the filter */
function recounted(wanted: readonly Row[], { start, end }: TimeRange, cuts: readonly number[] = []): string[] {
  const groups = new Map<string, Row[]>();
  for (const row of wanted) {
    const time = Number(row.timestamp);
    if (time < start || time >= end) continue;
    const name = `${cuts.filter((cut) => cut <= time).length} ${row.event_type}/${labelOf(row)}`;
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return [...groups]
    .map(([name, all]) => {
      const amount = all.reduce((sum, row) => sum + Math.round(Number(row.amount ?? 0) * 10_000), 0);
      const unpriced = all.filter((row) => row.event_type === 'sale' && row.amount === undefined).length;
      return `${name}: ${all.length} ${amount} ${unpriced}`;
    })
    .sort();
}

const told = ({ counts }: WindowCounts): string[] =>
  counts
    .map(
      ({ bucket, eventType, label, events, amount, unpriced }) =>
        `${bucket} ${eventType}/${label}: ${events} ${tenThousandths(amount)} ${unpriced}`,
    )
    .sort();

const withoutUnpriced = (lines: readonly string[]) => lines.map((line) => line.replace(/ \w+$/, ''));

/** The promises that the handlers may rely on, of PostgreSQL and of the reader that their unit specs have in its place. */
describe.each([
  ['in memory', inMemory],
  ['in PostgreSQL', inPostgres],
])('counts of a window, %s,', (_, start) => {
  let running: Running;

  beforeAll(async () => {
    running = await start();
  });
  afterAll(() => running.stop());
  beforeEach(() => running.forget());

  const countOne = async (reader: MetricsReader, range: TimeRange) =>
    (await reader.count([{ range, cuts: [] }], NO_FILTER))[0]!;

  // Every border that decides where a figure comes from, a millisecond and a bucket to either side of it, and anywhere between.
  const border = fc.constantFrom(-8 * DAY, -DAY, -QUARTER, -FINE, 0, FINE, QUARTER, 2 * QUARTER, DAY, 8 * DAY);
  const offset = fc.oneof(
    fc.constantFrom(-FINE, -1, 0, 1, FINE - 1, FINE),
    fc.integer({ min: -2 * QUARTER, max: 2 * QUARTER }),
  );
  const instant = fc.tuple(border, offset).map(([at, shift]) => MONDAY + at + shift);
  const kind = fc.constantFrom<Partial<Row> & Pick<Row, 'event_type'>>(
    { event_type: 'click' },
    { event_type: 'click', reaction: 'cheers' },
    { event_type: 'click', reaction: 'hate' },
    { event_type: 'click', interaction: 'view', view_id: 'v', url: PAGES[0] },
    { event_type: 'conversion', conversion_type: 'signup' },
    { event_type: 'sale', amount: '19.9', currency: 'EUR' },
    { event_type: 'sale', amount: '0.0001', currency: 'EUR' },
    { event_type: 'sale', amount: 7 },
    { event_type: 'sale' },
  );
  const quarter = fc.integer({ min: -1000, max: 1000 }).map((quarters) => MONDAY + quarters * QUARTER);

  it('are what a recount says, on every edge, whatever bound moves between two reads', async () => {
    await fc.assert(
      fc.asyncProperty(
        instant,
        instant,
        fc.array(fc.tuple(instant, kind), { minLength: 1, maxLength: 60 }),
        fc.array(fc.tuple(fc.constantFrom('start', 'end'), fc.constantFrom(-1, 0, 1), kind), { maxLength: 12 }),
        fc.option(quarter),
        fc.constantFrom(null, MONDAY - 7 * DAY, MONDAY, MONDAY + 7 * DAY),
        async (one, other, scattered, onEdges, horizon, floor) => {
          await running.forget();
          const window = TimeRange.halfOpen(Math.min(one, other), Math.max(one, other));
          const placed = [
            ...scattered,
            ...onEdges.map(([side, shift, fields]) => [window[side] + shift, fields] as const),
          ];
          const rows = placed.map(([timestamp, fields], n): Row => ({ ...fields, event_id: testUuid(n), timestamp }));
          await running.record(rows);

          // One reader throughout: from the second read on it starts from bounds that are out of date.
          const standing = running.reader();
          expect(told(await countOne(standing, window))).toEqual(recounted(rows, window));
          if (horizon !== null) {
            await running.moveHorizon(horizon);
            const counts = await countOne(standing, window);
            expect([told(counts), counts.exact]).toEqual([recounted(rows, window), true]);
          }
          if (floor !== null) {
            const rounded = TimeRange.halfOpen(
              window.start < floor ? Math.floor(window.start / QUARTER) * QUARTER : window.start,
              window.end < floor ? Math.ceil(window.end / QUARTER) * QUARTER : window.end,
            );
            const expected = window.isEmpty
              ? { window, counts: [] }
              : { window: rounded, counts: recounted(rows, rounded) };
            await running.moveFloor(floor);
            const counts = await countOne(standing, window);
            expect([withoutUnpriced(told(counts)), counts.window]).toEqual([
              withoutUnpriced(expected.counts),
              expected.window,
            ]);
            expect(counts.exact).toBe(counts.window.start === window.start && counts.window.end === window.end);
            // Which sales carry an amount, only the facts would say.
            for (const { unpriced } of counts.counts) expect(unpriced === null).toBe(counts.window.start < floor);
          }
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);

  it('are those of each bucket and of what passes the filter, for several windows at once', async () => {
    const row = fc.record({
      kind,
      timestamp: instant,
      user_id: fc.constantFrom('u1', 'u2'),
      session_id: fc.constantFrom('s1', 's2'),
      url: fc.constantFrom(...PAGES),
    });
    const asked = fc.record({
      eventType: fc.constantFrom(null, null, 'click' as const, 'conversion' as const, 'sale' as const),
      userId: fc.constantFrom(null, null, 'u1'),
      sessionId: fc.constantFrom(null, null, 's1'),
      pageUrl: fc.constantFrom(null, null, PAGES[0]!),
      label: fc.constantFrom(null, null, null, 'cheers', 'view', 'EUR', 'signup'),
    });
    const window = fc.record({
      ends: fc.tuple(instant, instant),
      cuts: fc.array(fc.tuple(fc.constantFrom(1, FINE, 60_000, QUARTER), fc.nat(2_000)), { maxLength: 3 }),
    });
    const windowOf = ({ ends: [one, other], cuts }: { ends: [number, number]; cuts: [number, number][] }) => {
      const range = TimeRange.halfOpen(Math.min(one, other), Math.max(one, other));
      const inside = cuts
        .map(([unit, n]) => Math.ceil(range.start / unit) * unit + n * unit)
        .filter((cut) => cut > range.start && cut < range.end);
      return { range, cuts: [...new Set(inside)].sort((a, b) => a - b) };
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 40 }),
        fc.array(asked, { minLength: 2, maxLength: 2 }),
        fc.array(window, { minLength: 1, maxLength: 2 }),
        async (made, filters, some) => {
          await running.forget();
          const rows = made.map(({ kind: fields, ...rest }, n): Row => ({ ...rest, ...fields, event_id: testUuid(n) }));
          await running.record(rows);
          const windows = some.map(windowOf);
          for (const filter of filters) {
            const wanted = select(rows, -Infinity, Infinity, {
              ...(filter.eventType && { event_type: filter.eventType }),
              ...(filter.userId && { user_id: filter.userId }),
              ...(filter.sessionId && { session_id: filter.sessionId }),
              ...(filter.pageUrl && { page_url: filter.pageUrl }),
              ...(filter.label && { label: filter.label }),
            });
            const counted = await running.reader().count(windows, filter);
            expect(counted.map((one) => [told(one), one.window, one.exact])).toEqual(
              windows.map(({ range, cuts }) => [recounted(wanted, range, cuts), range, true]),
            );
          }
        },
      ),
      { numRuns: 30 },
    );
  }, 60_000);

  it('of one user begin at the floor where the window reaches below it', async () => {
    await running.record(
      [MONDAY - 1, MONDAY, MONDAY + 1].map((timestamp, n): Row => {
        return { event_type: 'click', event_id: testUuid(n), timestamp, user_id: 'u1' };
      }),
    );
    await running.moveFloor(MONDAY);
    const range = TimeRange.halfOpen(MONDAY - 10, MONDAY + 10);
    const [counted] = await running.reader().count([{ range, cuts: [] }], { ...NO_FILTER, userId: 'u1' });
    expect(counted).toEqual({
      counts: [
        { bucket: 0, eventType: 'click', label: '', events: 2, amount: expect.any(String) as string, unpriced: 0 },
      ],
      window: TimeRange.halfOpen(MONDAY, MONDAY + 10),
      exact: false,
    });
    expect(tenThousandths(counted!.counts[0]!.amount)).toBe(0n);
  });

  it('are refused by the minute where minutes are no longer kept', async () => {
    await running.moveFloor(MONDAY);
    const range = TimeRange.halfOpen(MONDAY - 90_000, MONDAY + 90_000);
    // A reader that does not know of the floor yet, and one that does.
    const reader = running.reader();
    for (let ask = 0; ask < 2; ask += 1)
      await expect(reader.count([{ range, cuts: [MONDAY - 60_000, MONDAY] }], NO_FILTER)).rejects.toThrow(RangeTooLong);
    const [counted] = await reader.count([{ range, cuts: [MONDAY] }], NO_FILTER);
    expect([counted!.exact, counted!.window]).toEqual([false, TimeRange.halfOpen(MONDAY - QUARTER, MONDAY + 90_000)]);
  });

  it('are not for whoever has gone', async () => {
    const gone = AbortSignal.abort(new Error('gone'));
    const range = TimeRange.halfOpen(MONDAY, MONDAY + DAY);
    for (const filter of [NO_FILTER, { ...NO_FILTER, userId: 'u1' }])
      await expect(running.reader().count([{ range, cuts: [] }], filter, gone)).rejects.toThrow('gone');
  });
});
