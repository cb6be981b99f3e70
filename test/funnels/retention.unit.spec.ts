import { RangeTooLong } from '../../src/events/domain/counts/range-too-long.js';
import { InvalidTimeRange, type TimeRange } from '../../src/events/domain/time-range.js';
import { GetRetentionHandler, GetRetentionQuery } from '../../src/funnels/application/get-retention.query.js';
import {
  type CohortCount,
  type CohortCounts,
  type RetentionInterval,
  RetentionReader,
} from '../../src/funnels/application/retention-reader.port.js';
import { MetricsInMemory } from '../metrics/application/metrics-in-memory.js';
import { TEST_TIME } from '../support/events.js';

class MemoryCohorts extends RetentionReader {
  exact = true;
  starts: readonly string[] = [];

  constructor(private readonly counts: readonly CohortCount[] = []) {
    super();
  }

  count(window: TimeRange, starts: readonly number[]): Promise<CohortCounts> {
    this.starts = starts.map((start) => new Date(start).toISOString());
    return Promise.resolve({ counts: this.counts, window, exact: this.exact });
  }
}

type Wanted = GetRetentionQuery['wanted'];

function retention(reader: MemoryCohorts, interval: RetentionInterval, wanted: Partial<Wanted> = {}, tz = 'UTC') {
  const { freshness, cache, clock } = new MetricsInMemory(TEST_TIME);
  const handler = new GetRetentionHandler(reader, freshness, cache, clock);
  return handler.execute(new GetRetentionQuery(interval, tz, { from: null, to: null, ...wanted }));
}

/** Thursday noon, in whose day the test stands. */
const THREE_DAYS = { from: '2026-01-13T00:00:00.000Z' };

describe('retention', () => {
  it('tells of each cohort how many came back in each later interval, and nothing yet of the one that runs', async () => {
    const reader = new MemoryCohorts([
      { cohort: 0, users: 3, back: [3, 2, 1] },
      { cohort: 2, users: 5, back: [0, 0, 5] },
    ]);
    const answer = await retention(reader, 'day', THREE_DAYS);
    expect(answer).toMatchObject({ interval: 'day', tz: 'UTC', exact: true, complete: true });
    expect(answer.cohorts).toEqual([
      {
        time: '2026-01-13T00:00:00.000Z',
        running: false,
        users: 3,
        returns: [
          { interval: 1, users: 2, share: 66.67 },
          { interval: 2, users: null, share: null },
        ],
      },
      {
        time: '2026-01-14T00:00:00.000Z',
        running: false,
        users: 0,
        returns: [{ interval: 1, users: null, share: null }],
      },
      { time: '2026-01-15T00:00:00.000Z', running: true, users: 5, returns: [] },
    ]);
  });

  it('without users is a share of 0', async () => {
    const { cohorts } = await retention(new MemoryCohorts(), 'day', THREE_DAYS);
    expect(cohorts[0]).toMatchObject({ users: 0, returns: [{ users: 0, share: 0 }, { users: null }] });
  });

  it.each<[RetentionInterval, number, string, string]>([
    ['day', 30, '2025-12-17T00:00:00.000Z', '2026-01-15T00:00:00.000Z'],
    ['week', 12, '2025-10-27T00:00:00.000Z', '2026-01-12T00:00:00.000Z'],
  ])('is of the last intervals, the running one included: %s, %i', async (interval, count, first, last) => {
    const reader = new MemoryCohorts();
    const { cohorts } = await retention(reader, interval);
    expect([reader.starts.length, reader.starts[0], reader.starts.at(-1)]).toEqual([count, first, last]);
    expect([cohorts.length, cohorts.filter(({ running }) => running).length]).toEqual([count, 1]);
  });

  it('has days that begin at midnight of the zone', async () => {
    const reader = new MemoryCohorts();
    await retention(reader, 'day', { from: '2026-01-13T10:00:00+01:00' }, 'Europe/Madrid');
    expect(reader.starts).toEqual(['2026-01-12T23:00:00.000Z', '2026-01-13T23:00:00.000Z', '2026-01-14T23:00:00.000Z']);
  });

  it('shows no interval of the future', async () => {
    const { cohorts } = await retention(new MemoryCohorts(), 'day', { ...THREE_DAYS, to: '2026-01-20T00:00:00Z' });
    expect(cohorts.map(({ time }) => time.slice(8, 10))).toEqual(['13', '14', '15']);
  });

  it('is of at most 100 intervals, and of a window that begins before it ends', async () => {
    const from = (days: number) => new Date(TEST_TIME - days * 86_400_000).toISOString();
    await expect(retention(new MemoryCohorts(), 'day', { from: from(101) })).rejects.toThrow(RangeTooLong);
    await expect(retention(new MemoryCohorts(), 'week', { from: from(701) })).rejects.toThrow(RangeTooLong);
    expect((await retention(new MemoryCohorts(), 'week', { from: from(101) })).cohorts).toHaveLength(15);
    await expect(retention(new MemoryCohorts(), 'day', { from: from(-1) })).rejects.toThrow(InvalidTimeRange);
  });

  it('is not complete where the window is no longer kept', async () => {
    const reader = new MemoryCohorts();
    reader.exact = false;
    expect(await retention(reader, 'day')).toMatchObject({
      exact: false,
      complete: false,
      missing: [{ reason: 'retention' }],
    });
  });
});
