import { InvalidTimeRange, TimeRange } from '../../src/events/domain/time-range.js';
import {
  GetHeatmapSummaryHandler,
  GetHeatmapSummaryQuery,
  type SummaryShape,
} from '../../src/heatmap/application/get-heatmap-summary.query.js';
import { MetricsInMemory } from '../metrics/application/metrics-in-memory.js';
import { TEST_TIME } from '../support/events.js';
import { MemoryHeatmap, NO_CLICKS, NO_VIEWS } from './memory-heatmap.js';

const LAST_HOUR = { period: '1h', from: null, to: null } as const;
const FILTER = { pageUrl: '/a', device: 'phone', userId: 'u-1' } as const;
const SHAPE: SummaryShape = { rows: 5, columns: 6, elements: false, events: 0 };
const RANGE = TimeRange.upTo(TEST_TIME, 3_600_000);

function summary(
  reader: MemoryHeatmap,
  shape: Partial<SummaryShape> = {},
  window: GetHeatmapSummaryQuery['window'] = LAST_HOUR,
) {
  const { freshness, cache, clock } = new MetricsInMemory(TEST_TIME);
  const handler = new GetHeatmapSummaryHandler(reader, freshness, cache, clock);
  return handler.execute(new GetHeatmapSummaryQuery(FILTER, window, { ...SHAPE, ...shape }));
}

describe('the heat map of a page', () => {
  let reader: MemoryHeatmap;
  beforeEach(() => (reader = new MemoryHeatmap()));

  it('asks for the clicks and views of the window, by the filter and on the grid', async () => {
    expect(await summary(reader)).toMatchObject({
      page_url: '/a',
      device: 'phone',
      user_id: 'u-1',
      period: '1h',
      window: { from: '2026-01-15T11:00:00.000Z', to: '2026-01-15T12:00:00.000Z' },
      rows: 5,
      columns: 6,
      exact: true,
      complete: true,
    });
    expect(reader.asked).toEqual([
      ['clicks', FILTER, RANGE, 5, 6],
      ['views', FILTER, RANGE],
    ]);
  });

  it('has two layers, each with its grid and its total, and tells what lies in neither', async () => {
    reader.clickCounts = {
      ...NO_CLICKS,
      placed: [
        { cell: 0, clicks: 2 },
        { cell: 29, clicks: 3 },
      ],
      fixed: [{ cell: 7, clicks: 4 }],
      withoutPosition: 1,
      withoutScroll: 6,
      byScroll: [{ band: 1, clicks: 5 }],
    };
    const { grid, total_clicks, fixed, ...answer } = await summary(reader);
    expect([total_clicks, grid.flat().reduce((sum, clicks) => sum + clicks)]).toEqual([5, 5]);
    expect([grid[0]![0], grid[4]![5], fixed.grid[1]![1], fixed.total_clicks]).toEqual([2, 3, 4, 4]);
    expect(answer).toMatchObject({
      clicks_without_position: 1,
      clicks_without_scroll: 6,
      scroll_distribution: [
        { from: 0, to: 500, clicks: 0 },
        { from: 500, to: 1_000, clicks: 5 },
      ],
    });
  });

  it('tells devices apart, those of unknown width included', async () => {
    reader.clickCounts = { ...NO_CLICKS, byDevice: { phone: 1, tablet: 2, desktop: 3, unknown: 4 } };
    reader.viewCounts = { ...NO_VIEWS, byDevice: { phone: 5, tablet: 6, desktop: 7, unknown: 8 } };
    expect((await summary(reader)).devices).toEqual([
      { device: 'phone', clicks: 1, views: 5 },
      { device: 'tablet', clicks: 2, views: 6 },
      { device: 'desktop', clicks: 3, views: 7 },
      { device: 'unknown', clicks: 4, views: 8 },
    ]);
  });

  it('has a reach among the views whose depth is known', async () => {
    reader.viewCounts = { ...NO_VIEWS, views: 5, withoutDepth: 1, reached: [4, 2] };
    const { views, views_without_depth, reach } = await summary(reader);
    expect([views, views_without_depth]).toEqual([5, 1]);
    expect(reach.slice(0, 3)).toEqual([
      { depth: 0.05, share: 1 },
      { depth: 0.1, share: 0.5 },
      { depth: 0.15, share: 0 },
    ]);
  });

  it('has elements and the newest clicks only where they are wanted', async () => {
    const element = { selector: '#buy', clicks: 2, document: 2, fixed: 0 };
    reader.elementCounts = {
      elements: [element as never],
      rest: { elements: 3, clicks: 4 },
      withoutElement: 5,
      sessions: 6,
      aboveFold: 7,
      withFold: 8,
    };
    reader.newestClicks = [{ x: 0.5 } as never];
    const without = await summary(reader);
    expect([without.elements, without.sessions, without.clicks_with_fold, without.events]).toEqual([
      null,
      null,
      null,
      [],
    ]);
    reader.asked.length = 0;
    expect(await summary(reader, { elements: true, events: 10 })).toMatchObject({
      elements: [element],
      rest_of_elements: { elements: 3, clicks: 4 },
      clicks_without_element: 5,
      sessions: 6,
      clicks_above_fold: 7,
      clicks_with_fold: 8,
      events: [{ x: 0.5 }],
    });
    expect(reader.asked).toContainEqual(['newest', FILTER, RANGE, 10]);
    expect(reader.asked).toContainEqual(['elements', FILTER, RANGE, 100]);
  });

  it.each(['clicks', 'views'] as const)('is not complete where %s are no longer kept', async (inexact) => {
    reader.inexact = inexact;
    const { complete, missing } = await summary(reader);
    expect([complete, missing.map(({ reason }) => reason)]).toEqual([false, ['retention']]);
  });

  it('of a range names no period, and a range that is none is refused', async () => {
    const range = { period: '1h', from: '2026-01-15T08:00:00Z', to: '2026-01-15T09:00:00Z' } as const;
    expect((await summary(reader, {}, range)).period).toBeNull();
    await expect(summary(reader, {}, { ...range, to: 'noon' })).rejects.toThrow(InvalidTimeRange);
  });
});
