import {
  type FunnelCounts,
  type FunnelQuestion,
  FunnelReader,
} from '../../src/funnels/application/funnel-reader.port.js';
import { type FunnelWanted, GetFunnelHandler, GetFunnelQuery } from '../../src/funnels/application/get-funnel.query.js';
import { parseSteps } from '../../src/funnels/domain/step.js';
import { InvalidTimeRange, type TimeRange } from '../../src/events/domain/time-range.js';
import { MetricsInMemory } from '../metrics/application/metrics-in-memory.js';
import { TEST_TIME } from '../support/events.js';

const HOUR_MS = 3_600_000;
const LAST_HOUR = { period: '1h', from: null, to: null } as const;
const WANTED: FunnelWanted = {
  steps: parseSteps('click,conversion:signup,sale'),
  by: 'user',
  within: 24 * HOUR_MS,
  withinText: '24h',
  pageUrl: '/a',
  compare: null,
};
const THREE = [
  { count: 3, median: null, p90: null },
  { count: 2, median: 1_000, p90: 2_000 },
  { count: 1, median: 3_000, p90: 3_000 },
];
const NOBODY = THREE.map(() => ({ count: 0, median: null, p90: null }));

/** Counts as it is told: those of the window, then those of the window that it is compared with. */
class MemoryFunnels extends FunnelReader {
  exact: readonly boolean[] = [true, true];
  readonly asked: (readonly [question: FunnelQuestion, window: TimeRange, matureBefore: number])[] = [];

  constructor(private readonly counted: readonly FunnelCounts['steps'][]) {
    super();
  }

  count(question: FunnelQuestion, window: TimeRange, matureBefore: number): Promise<FunnelCounts> {
    const n = this.asked.push([question, window, matureBefore]) - 1;
    return Promise.resolve({ steps: this.counted[n]!, excluded: 4, maturing: 5, window, exact: this.exact[n]! });
  }
}

function funnel(
  reader: MemoryFunnels,
  wanted: Partial<FunnelWanted> = {},
  window: GetFunnelQuery['window'] = LAST_HOUR,
) {
  const { freshness, cache, clock } = new MetricsInMemory(TEST_TIME);
  const handler = new GetFunnelHandler(reader, freshness, cache, clock);
  return handler.execute(new GetFunnelQuery(window, { ...WANTED, ...wanted }));
}

describe('a funnel', () => {
  it('tells how many reach each step, of the step before and of the first one', async () => {
    const reader = new MemoryFunnels([THREE]);
    const answer = await funnel(reader);
    expect(answer).toMatchObject({
      period: '1h',
      window: { from: '2026-01-15T11:00:00.000Z', to: '2026-01-15T12:00:00.000Z' },
      by: 'user',
      within: '24h',
      page_url: '/a',
      exact: true,
      complete: true,
      excluded: 4,
      maturing: 5,
      steps: [
        { step: 'click', count: 3, rate_from_previous: null, rate_from_first: 100, median_ms: null, p90_ms: null },
        {
          step: 'conversion:signup',
          count: 2,
          rate_from_previous: 66.67,
          rate_from_first: 66.67,
          median_ms: 1_000,
          p90_ms: 2_000,
        },
        { step: 'sale', count: 1, rate_from_previous: 50, rate_from_first: 33.33, median_ms: 3_000, p90_ms: 3_000 },
      ],
    });
    expect(answer).not.toHaveProperty('comparison');
    expect(reader.asked).toMatchObject([[{ by: 'user', pageUrl: '/a' }, {}, TEST_TIME - WANTED.within]]);
  });

  it('of nobody has rates of 0', async () => {
    const { steps } = await funnel(new MemoryFunnels([NOBODY]));
    expect(steps.map((step) => [step.rate_from_previous, step.rate_from_first])).toEqual([
      [null, 0],
      [0, 0],
      [0, 0],
    ]);
  });

  it('is compared with the window just before', async () => {
    const { window, comparison } = await funnel(new MemoryFunnels([NOBODY, THREE]), {
      compare: { with: 'previous', tz: 'UTC' },
    });
    expect(window.from).toBe('2026-01-15T11:00:00.000Z');
    expect(comparison).toMatchObject({
      window: { from: '2026-01-15T10:00:00.000Z', to: '2026-01-15T11:00:00.000Z' },
      steps: [{ count: 3 }, { count: 2 }, { count: 1 }],
    });
  });

  it.each([
    [[false, true], false],
    [[true, false], true],
  ])('is not complete where either window is no longer kept (%j)', async (exact, isExact) => {
    const reader = new MemoryFunnels([THREE, THREE]);
    reader.exact = exact;
    const answer = await funnel(reader, { compare: { with: 'previous', tz: 'UTC' } });
    expect([answer.exact, answer.complete]).toEqual([isExact, false]);
    expect(answer.missing).toMatchObject([{ reason: 'retention' }]);
  });

  it('of a range names no period, and a range that is none is refused', async () => {
    const range = { period: '1h', from: '2026-01-15T08:00:00Z', to: '2026-01-15T09:00:00Z' } as const;
    expect(await funnel(new MemoryFunnels([THREE]), {}, range)).toMatchObject({
      period: null,
      window: { from: '2026-01-15T08:00:00.000Z', to: '2026-01-15T09:00:00.000Z' },
    });
    await expect(funnel(new MemoryFunnels([]), {}, { ...range, to: 'noon' })).rejects.toThrow(InvalidTimeRange);
  });
});
