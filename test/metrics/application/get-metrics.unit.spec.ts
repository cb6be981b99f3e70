import fc from 'fast-check';
import { TimeRange } from '../../../src/events/domain/time-range.js';
import type { FactsReader } from '../../../src/metrics/application/facts-reader.port.js';
import { GetMetricsQuery, type Include } from '../../../src/metrics/application/get-metrics.query.js';
import type { WindowRequest } from '../../../src/metrics/application/requested-window.js';
import { NO_FILTER } from '../../../src/metrics/domain/metrics-filter.js';
import { TEST_TIME, testUuid } from '../../support/events.js';
import type { Row } from '../../support/record-rows.js';
import * as recount from '../recount.js';
import { MetricsInMemory } from './metrics-in-memory.js';

const HOUR = 3_600_000;
const LAST_HOUR: WindowRequest = { period: '1h', from: null, to: null };
const PREVIOUS = { with: 'previous', tz: 'UTC' } as const;

const rows = (count: number, fields: Partial<Row> & Pick<Row, 'event_type'>, timestamp: number, from = 0): Row[] =>
  Array.from({ length: count }, (_, n) => ({ ...fields, event_id: testUuid(from + n), timestamp }));

/** Counts everywhere the same, and remembers what it was asked. */
const facts = (asked: string[]): Partial<FactsReader> => ({
  users: (window) => {
    asked.push('users');
    const result = { any: 5, click: 4, vote: 0, conversion: 1, sale: 0, clicked_and_converted: 1 };
    return Promise.resolve({ result, window, exact: true });
  },
  conversionTypes: (window) => {
    asked.push('types');
    const result = { top: [{ name: 'signup', events: 3 }], events: 4, names: 2 };
    return Promise.resolve({ result, window, exact: false });
  },
});

describe('the figures of a window', () => {
  let service: MetricsInMemory;
  let asked: string[];

  beforeEach(() => {
    asked = [];
    service = new MetricsInMemory(TEST_TIME, facts(asked));
  });

  const figures = (window = LAST_HOUR, { filter = NO_FILTER, compare = false, include = [] as Include[] } = {}) =>
    service.metrics.execute(new GetMetricsQuery(window, filter, compare ? PREVIOUS : null, include));

  it('are those of a recount, and so are those of the window before, wherever the window lies', async () => {
    const kind = fc.constantFrom<Partial<Row> & Pick<Row, 'event_type'>>(
      { event_type: 'click' },
      { event_type: 'click', reaction: 'cheers' },
      { event_type: 'conversion', conversion_type: 'signup' },
      { event_type: 'sale', amount: '19.9', currency: 'EUR' },
      { event_type: 'sale' },
    );
    const at = fc.integer({ min: -5, max: 5 });
    const from = fc.integer({ min: -5, max: 0 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(kind, at), { maxLength: 30 }),
        from,
        fc.nat(5),
        async (made, since, length) => {
          service = new MetricsInMemory(TEST_TIME);
          const all = made.map(([fields, offset], n) => rows(1, fields, TEST_TIME + offset, n)[0]!);
          await service.record(all);
          const [start, end] = [TEST_TIME + since, TEST_TIME + since + length];
          const answer = await figures({ period: '1h', from: `${start}`, to: `${end}` }, { compare: true });
          expect(answer).toMatchObject(recount.figures(recount.select(all, start, end, {}), {}));
          const before = recount.select(all, start - length, start, {});
          expect(answer.comparison).toMatchObject(recount.figures(before, {}));
          expect(answer.comparison!.changes.total_sales.absolute).toBe(
            answer.total_sales - answer.comparison!.total_sales,
          );
        },
      ),
    );
  });

  it('are complete where consumers have settled all and the whole window is kept', async () => {
    const window = { from: '2026-01-15T11:00:00.000Z', to: '2026-01-15T12:00:00.000Z' };
    const known = { as_of: '2026-01-15T12:00:00.000Z', lag_ms: 0, complete: true, missing: [] };
    expect(await figures()).toMatchObject({ ...known, window, exact: true, period: '1h', regions: [] });
    expect(await figures({ period: '1h', from: window.from, to: window.to })).toMatchObject({ window, period: null });
  });

  it('say when a topic has no consumer', async () => {
    service.signs = service.signs.slice(1);
    const { complete, missing } = await figures();
    expect([complete, missing.map(({ reason }) => reason)]).toEqual([false, ['no_consumer']]);
  });

  it.each([
    ['the window', false],
    ['only the window before', true],
  ])('are not complete where %s reaches below the retention floor', async (_, compare) => {
    service.events.retentionFloor = TEST_TIME - (compare ? HOUR : HOUR / 2);
    const { complete, missing, exact, comparison } = await figures(LAST_HOUR, { compare });
    expect([complete, missing.map(({ reason }) => reason)]).toEqual([false, ['retention']]);
    expect([exact, comparison?.exact]).toEqual(compare ? [true, false] : [false, undefined]);
  });

  it('have no rate where the filter lets only one of the two through, and say what they are computed from', async () => {
    await service.record(rows(2, { event_type: 'click', user_id: 'u1' }, TEST_TIME));
    expect(await figures()).toMatchObject({ total_clicks: 2, conversion_rate: 0, computed_from: 'projections' });
    const clicks = await figures(LAST_HOUR, { filter: { ...NO_FILTER, eventType: 'click' } });
    expect(clicks).toMatchObject({ total_clicks: 2, conversion_rate: null, computed_from: 'projections' });
    const mine = await figures(LAST_HOUR, { filter: { ...NO_FILTER, userId: 'u1' } });
    expect(mine).toMatchObject({ total_clicks: 2, conversion_rate: 0, computed_from: 'facts' });
  });

  it('come with what is asked for beside them, and with nothing else', async () => {
    expect(Object.keys(await figures())).not.toContain('users');
    expect(asked).toEqual([]);
    const { users, types, amounts } = await figures(LAST_HOUR, { include: ['types', 'users'] });
    expect(asked).toEqual(['users', 'types']);
    expect(users).toMatchObject({ click: 4, user_conversion_rate: 25, computed_from: 'facts', exact: true });
    expect(types).toMatchObject({ total_conversions: 4, rest: { types: 1, conversions: 1 }, exact: false });
    expect(amounts).toBeUndefined();
  });

  it('slide with the clock', async () => {
    await service.record(rows(1, { event_type: 'click' }, TEST_TIME - HOUR + 1));
    expect((await figures()).total_clicks).toBe(1);
    service.clock.time += 1;
    expect((await figures()).total_clicks).toBe(0);
    expect((await figures()).window).toEqual(TimeRange.upTo(TEST_TIME + 1, HOUR).toWindow());
  });
});
