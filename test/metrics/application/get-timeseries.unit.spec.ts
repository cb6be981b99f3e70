import fc from 'fast-check';
import { GetTimeseriesQuery } from '../../../src/metrics/application/get-timeseries.query.js';
import type { Interval } from '../../../src/metrics/domain/buckets.js';
import { NO_FILTER } from '../../../src/metrics/domain/metrics-filter.js';
import { TEST_TIME, testUuid } from '../../support/events.js';
import type { Row } from '../../support/record-rows.js';
import * as recount from '../recount.js';
import { MetricsInMemory } from './metrics-in-memory.js';

const HOUR = 3_600_000;
const clicksAt = (times: readonly number[]): Row[] =>
  times.map((timestamp, n) => ({ event_type: 'click', event_id: testUuid(n), timestamp }));

describe('the series of a window', () => {
  let service: MetricsInMemory;

  beforeEach(() => {
    service = new MetricsInMemory(TEST_TIME);
  });

  const series = (
    from: number,
    to: number,
    {
      interval = null as Interval | null,
      tz = 'UTC',
      filter = NO_FILTER,
      compare = null as 'previous' | 'week' | null,
    } = {},
  ) =>
    service.timeseries.execute(
      new GetTimeseriesQuery(
        { period: '1h', from: `${from}`, to: `${to}` },
        interval,
        tz,
        filter,
        compare && { with: compare, tz },
      ),
    );

  it('has every bucket, empty ones too, with each event in one of them', async () => {
    const offset = fc.integer({ min: -4 * HOUR, max: 4 * HOUR });
    await fc.assert(
      fc.asyncProperty(
        fc.array(offset, { maxLength: 20 }),
        offset,
        offset,
        fc.constantFrom<Interval>('quarter_hour', 'hour', 'day'),
        async (offsets, one, other, interval) => {
          service = new MetricsInMemory(TEST_TIME);
          const rows = clicksAt(offsets.map((by) => TEST_TIME + by));
          await service.record(rows);
          const [from, to] = [TEST_TIME + Math.min(one, other), TEST_TIME + Math.max(one, other)];
          const { points, exact } = await series(from, to, { interval });
          const inside = recount.select(rows, from, to, {}).map(({ timestamp }) => Number(timestamp));
          expect(points.reduce((sum, { total_clicks }) => sum + total_clicks, 0)).toBe(inside.length);
          const starts = points.map(({ time }) => Date.parse(time));
          starts.forEach((start, n) => {
            const end = starts[n + 1] ?? Infinity;
            const within = inside.filter((time) => time >= start && time < end);
            expect([n, points[n]!.total_clicks]).toEqual([n, within.length]);
          });
          expect(exact).toBe(true);
        },
      ),
    );
  });

  it('says which of its buckets the window covers only in part', async () => {
    const { points } = await series(TEST_TIME - 90 * 60_000, TEST_TIME + 1, { interval: 'hour' });
    expect(points.map(({ time, partial }) => [time, partial])).toEqual([
      ['2026-01-15T10:00:00.000Z', true],
      ['2026-01-15T11:00:00.000Z', false],
      ['2026-01-15T12:00:00.000Z', true],
    ]);
  });

  it('counts an event at the very end in the bucket before, where no other begins', async () => {
    await service.record(clicksAt([TEST_TIME]));
    const { points } = await series(TEST_TIME - HOUR, TEST_TIME, { interval: 'hour' });
    expect(points.map(({ time, total_clicks }) => [time, total_clicks])).toEqual([['2026-01-15T11:00:00.000Z', 1]]);
  });

  it('takes the shortest interval that a chart can show, and times of the zone that was asked for', async () => {
    expect((await series(TEST_TIME - HOUR, TEST_TIME)).interval).toBe('minute');
    const days = await series(TEST_TIME - 8 * 24 * HOUR, TEST_TIME, { tz: 'Europe/Madrid' });
    expect([days.interval, days.points[0]!.time]).toEqual(['hour', '2026-01-07T13:00:00.000+01:00']);
  });

  it('has no point where the window is empty', async () => {
    expect((await series(TEST_TIME, TEST_TIME, { interval: 'hour' })).points).toEqual([]);
  });

  it('compares with the points of the window before, in buckets of its own', async () => {
    await service.record(clicksAt([TEST_TIME - 1, TEST_TIME - 2, TEST_TIME - HOUR]));
    const { points, comparison } = await series(TEST_TIME - HOUR, TEST_TIME, { interval: 'hour', compare: 'previous' });
    expect(points.map(({ total_clicks }) => total_clicks)).toEqual([2]);
    expect(comparison).toMatchObject({
      window: { from: '2026-01-15T10:00:00.000Z', to: '2026-01-15T11:00:00.000Z' },
      exact: true,
    });
    // The window is (from, to]: an event at its end belongs to it, and to its last point.
    expect(comparison!.points.map(({ time, total_clicks }) => [time, total_clicks])).toEqual([
      ['2026-01-15T10:00:00.000Z', 1],
    ]);
  });

  it('is not complete where it reaches below the retention floor', async () => {
    service.events.retentionFloor = TEST_TIME - HOUR;
    const { exact, complete, missing } = await series(TEST_TIME - 2 * HOUR, TEST_TIME, { interval: 'hour' });
    expect([exact, complete, missing.map(({ reason }) => reason)]).toEqual([false, false, ['retention']]);
  });
});
