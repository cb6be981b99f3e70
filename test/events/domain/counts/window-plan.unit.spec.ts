import fc from 'fast-check';
import { TimeRange } from '../../../../src/events/domain/time-range.js';
import type { StorageBounds } from '../../../../src/events/domain/counts/storage-bounds.js';
import {
  bucketSql,
  FINE_BUCKET_MS,
  QUARTER_HOUR_MS,
  startOfBucket,
} from '../../../../src/events/domain/counts/count-buckets.js';
import { RangeTooLong } from '../../../../src/events/domain/counts/range-too-long.js';
import {
  planFacts,
  planSeries,
  planWindow,
  type WindowPlan,
} from '../../../../src/events/domain/counts/window-plan.js';

const FINE = 2_000;
const QUARTER = 900_000;
const WEEK = 7 * 86_400_000;
/** A Monday 00:00 UTC: border of a quarter-hour, a 2-second bucket and a partition at once. */
const MONDAY = Date.parse('2026-01-12T00:00:00.000Z');

const at = (text: string) => Date.parse(`2026-01-14T${text}Z`);
const span = ({ start, end }: TimeRange) =>
  start >= end ? null : [start, end].map((ms) => new Date(ms).toISOString().slice(11, 23)).join(' ');
const shown = (plan: WindowPlan) => ({
  quarters: span(plan.quarters),
  fine: plan.fine.map(span),
  raw: plan.raw.map(span),
  exact: plan.exact,
});
const kept: StorageBounds = { retentionFloor: -Infinity, fineHorizon: -Infinity };

describe('planWindow', () => {
  it.each([
    {
      name: 'an hour off every border',
      window: ['10:07:03.501', '11:07:03.501'],
      quarters: '10:15:00.000 11:00:00.000',
      fine: ['10:07:04.000 10:15:00.000', '11:00:00.000 11:07:02.000'],
      raw: ['10:07:03.501 10:07:04.000', '11:07:02.000 11:07:03.501'],
    },
    {
      name: 'whole quarter-hours',
      window: ['10:00:00.000', '11:00:00.000'],
      quarters: '10:00:00.000 11:00:00.000',
      fine: [null, null],
      raw: [null, null],
    },
    {
      name: 'one border of quarter-hours inside, no whole one',
      window: ['10:10:00.001', '10:20:01.000'],
      quarters: null,
      fine: ['10:10:02.000 10:20:00.000', null],
      raw: ['10:10:00.001 10:10:02.000', '10:20:00.000 10:20:01.000'],
    },
    {
      name: 'shorter than a bucket',
      window: ['10:10:00.001', '10:10:01.000'],
      quarters: null,
      fine: [null, null],
      raw: ['10:10:00.001 10:10:01.000', null],
    },
    {
      name: 'a border of 2 seconds inside, no whole bucket',
      window: ['10:10:01.000', '10:10:03.000'],
      quarters: null,
      fine: [null, null],
      raw: ['10:10:01.000 10:10:03.000', null],
    },
    {
      name: 'lower edge below the horizon',
      window: ['10:07:03.501', '11:07:03.501'],
      horizon: '10:30:00.000',
      quarters: '10:15:00.000 11:00:00.000',
      fine: [null, '11:00:00.000 11:07:02.000'],
      raw: ['10:07:03.501 10:15:00.000', '11:07:02.000 11:07:03.501'],
    },
    {
      name: 'horizon inside a window without a whole quarter-hour',
      window: ['10:10:00.001', '10:20:01.000'],
      horizon: '10:15:00.000',
      quarters: null,
      fine: ['10:15:00.000 10:20:00.000', null],
      raw: ['10:10:00.001 10:15:00.000', '10:20:00.000 10:20:01.000'],
    },
  ])('$name', ({ window, horizon, quarters, fine, raw }) => {
    const [start = '', end = ''] = window;
    const bounds = { ...kept, fineHorizon: horizon === undefined ? -Infinity : at(horizon) };
    const plan = planWindow(TimeRange.halfOpen(at(start), at(end)), bounds);
    expect(shown(plan)).toEqual({ quarters, fine, raw, exact: true });
  });

  it('rounds outward below the retention floor, and says so', () => {
    const window = TimeRange.halfOpen(MONDAY - 5 * 60_000, MONDAY + 3 * 60_000);
    const plan = planWindow(window, { retentionFloor: MONDAY, fineHorizon: MONDAY - WEEK });
    expect(plan.exact).toBe(false);
    expect(plan.covered).toEqual(TimeRange.halfOpen(MONDAY - QUARTER, MONDAY + 3 * 60_000));
  });

  it('counts nothing for an empty window, wherever it stands', () => {
    const plan = planWindow(TimeRange.halfOpen(MONDAY - 1, MONDAY - 1), {
      retentionFloor: MONDAY,
      fineHorizon: MONDAY,
    });
    expect(parts(plan)).toEqual([]);
  });

  const instant = fc
    .tuple(
      fc.constantFrom(-WEEK, -QUARTER, -FINE, 0, FINE, QUARTER, 4 * QUARTER, WEEK),
      fc.oneof(fc.constantFrom(-1, 0, 1), fc.integer({ min: -2 * QUARTER, max: 2 * QUARTER })),
    )
    .map(([border, offset]) => MONDAY + border + offset);
  const bounds = fc.record({
    retentionFloor: fc.constantFrom(-Infinity, MONDAY - WEEK, MONDAY, MONDAY + WEEK),
    fineHorizon: fc.oneof(
      fc.constant(-Infinity),
      fc.integer({ min: -700, max: 700 }).map((quarters) => MONDAY + quarters * QUARTER),
    ),
  });

  it('its parts are the covered window, each millisecond once, each part where its table still holds it', () => {
    fc.assert(
      fc.property(instant, instant, bounds, (one, other, storage) => {
        const window = TimeRange.halfOpen(Math.min(one, other), Math.max(one, other));
        const plan = planWindow(window, storage);
        const { covered } = plan;

        const ordered = parts(plan);
        if (window.isEmpty) expect(ordered).toEqual([]);
        else {
          expect(ordered[0]?.start).toBe(covered.start);
          expect(ordered.at(-1)?.end).toBe(covered.end);
        }
        ordered.slice(1).forEach((part, index) => expect(part.start).toBe(ordered[index]?.end));

        for (const { start, end } of filled([plan.quarters])) expect([start % QUARTER, end % QUARTER]).toEqual([0, 0]);
        for (const { start, end } of filled(plan.fine)) {
          expect([start % FINE, end % FINE]).toEqual([0, 0]);
          expect(start).toBeGreaterThanOrEqual(storage.fineHorizon);
        }
        for (const { start, end } of filled(plan.raw)) {
          expect(start).toBeGreaterThanOrEqual(storage.retentionFloor);
          expect(end - start).toBeLessThan(2 * QUARTER);
          if (start >= storage.fineHorizon) expect(end - start).toBeLessThan(2 * FINE);
        }

        expect(plan.exact).toBe(covered.start === window.start && covered.end === window.end);
        if (window.start >= storage.retentionFloor) expect(plan.exact).toBe(true);
        expect(window.start - covered.start).toBeGreaterThanOrEqual(0);
        expect(window.start - covered.start).toBeLessThan(QUARTER);
        expect(covered.end - window.end).toBeGreaterThanOrEqual(0);
        expect(covered.end - window.end).toBeLessThan(QUARTER);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('planSeries', () => {
  const window = TimeRange.halfOpen(at('10:07:03.501'), at('11:07:03.501'));

  it('is the plan of the window where every cut is a whole quarter-hour', () => {
    for (const cuts of [[], [at('10:15:00.000')], [at('10:15:00.000'), at('11:00:00.000')]])
      expect(planSeries(window, cuts, kept)).toEqual(planWindow(window, kept));
    const bounds = { retentionFloor: at('10:30:00.000'), fineHorizon: at('10:30:00.000') };
    expect(planSeries(window, [at('10:15:00.000')], bounds)).toEqual(planWindow(window, bounds));
  });

  it('is the plan of the window where that is empty, whatever the cuts', () => {
    const empty = TimeRange.halfOpen(window.start, window.start);
    const bounds = { retentionFloor: window.end, fineHorizon: window.end };
    expect(planSeries(empty, [window.start + 1], bounds)).toEqual(planWindow(empty, bounds));
  });

  it.each([
    {
      name: 'cuts by the minute: without the counts per quarter-hour',
      cuts: ['10:08:00.000', '10:15:00.000'],
      fine: ['10:07:04.000 11:07:02.000', null],
      raw: ['10:07:03.501 10:07:04.000', '11:07:02.000 11:07:03.501'],
    },
    {
      name: 'cuts by the minute, the horizon inside',
      cuts: ['10:08:00.000'],
      horizon: '10:30:00.000',
      fine: ['10:30:00.000 11:07:02.000', null],
      raw: ['10:07:03.501 10:30:00.000', '11:07:02.000 11:07:03.501'],
    },
    {
      name: 'cuts by the minute, the horizon behind the window',
      cuts: ['10:08:00.000'],
      horizon: '11:15:00.000',
      fine: [null, null],
      raw: ['10:07:03.501 11:07:03.501', null],
    },
    {
      name: 'a cut that is no whole 2 seconds: from the facts alone',
      cuts: ['10:08:00.000', '10:15:00.001'],
      fine: [null, null],
      raw: ['10:07:03.501 11:07:03.501', null],
    },
  ])('$name', ({ cuts, horizon, fine, raw }) => {
    const bounds = { ...kept, fineHorizon: horizon === undefined ? -Infinity : at(horizon) };
    const plan = planSeries(window, cuts.map(at), bounds);
    expect(shown(plan)).toEqual({ quarters: null, fine, raw, exact: true });
    expect(plan.covered).toEqual(window);
  });

  it('is refused below the retention floor where cuts are finer than a quarter-hour, and the error says what would do', () => {
    const bounds = { ...kept, retentionFloor: window.start + 1 };
    const refused = () => planSeries(window, [at('10:08:00.000')], bounds);
    expect(refused).toThrow(RangeTooLong);
    expect(refused).toThrow(
      'interval finer than a quarter-hour is only kept from 2026-01-14T10:07:03.502Z on: use quarter_hour',
    );
    expect(planSeries(window, [at('10:08:00.000')], { ...kept, retentionFloor: window.start }).exact).toBe(true);
  });
});

describe('planFacts', () => {
  const window = TimeRange.halfOpen(at('10:00:00.000'), at('11:00:00.000'));

  it.each([
    ['below', '09:00:00.000', '10:00:00.000 11:00:00.000', true],
    ['at the start of', '10:00:00.000', '10:00:00.000 11:00:00.000', true],
    ['inside', '10:00:00.001', '10:00:00.001 11:00:00.000', false],
    ['at the end of', '11:00:00.000', null, false],
    ['behind', '11:30:00.000', null, false],
  ])('the floor %s the window', (_, floor, raw, exact) => {
    const plan = planFacts(window, { ...kept, retentionFloor: at(floor) });
    expect(shown(plan)).toEqual({ quarters: null, fine: [null, null], raw: [raw, null], exact });
    const start = Math.max(window.start, at(floor));
    expect(plan.covered).toEqual(TimeRange.halfOpen(start, Math.max(start, window.end)));
  });
});

describe('an empty part', () => {
  it('stands at an end of the window, so that its statement looks at no other partition', () => {
    const stands = (plan: WindowPlan) => [plan.quarters, ...plan.fine, ...plan.raw].filter(({ isEmpty }) => isEmpty);
    const short = TimeRange.halfOpen(at('10:10:00.001'), at('10:20:01.000'));
    for (const plan of [planWindow(short, kept), planFacts(short, kept), planSeries(short, [short.start + 1], kept)]) {
      expect(stands(plan).length).toBeGreaterThan(0);
      for (const { start, end } of stands(plan)) expect([start, end]).toEqual([short.end, short.end]);
    }
    const empty = TimeRange.halfOpen(short.end, short.start);
    for (const { start, end } of stands(planWindow(empty, kept))) expect([start, end]).toEqual([short.end, short.end]);
  });
});

describe('buckets', () => {
  it('hold the instant, and begin at whole multiples of their length, before 1970 too', () => {
    expect([FINE_BUCKET_MS, QUARTER_HOUR_MS]).toEqual([FINE, QUARTER]);
    for (const [instant, start] of [
      [0, 0],
      [1999, 0],
      [2000, 2000],
      [-1, -2000],
      [-2000, -2000],
    ] as const)
      expect(startOfBucket(instant, FINE)).toBe(start);
  });

  it('are the same in SQL, counted from the first moment that an event can have', () => {
    expect(bucketSql('occurred_at', FINE)).toBe(`date_bin('2000 milliseconds', occurred_at, '0001-01-01T00:00:00Z')`);
    const first = Date.parse('0001-01-01T00:00:00Z');
    expect(startOfBucket(first, QUARTER)).toBe(first);
  });
});

const filled = (spans: readonly TimeRange[]) => spans.filter(({ isEmpty }) => !isEmpty);

const parts = ({ quarters, fine, raw }: WindowPlan) =>
  filled([quarters, ...fine, ...raw]).sort((a, b) => a.start - b.start);
