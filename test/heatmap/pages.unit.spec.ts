import type { QueryBus } from '@nestjs/cqrs';
import { TimeRange } from '../../src/events/domain/time-range.js';
import { GetHeatmapPagesHandler, GetHeatmapPagesQuery } from '../../src/heatmap/application/get-heatmap-pages.query.js';
import { GetOlderPagesHandler, GetOlderPagesQuery } from '../../src/heatmap/application/get-older-pages.query.js';
import { GetOlderSummaryHandler, GetOlderSummaryQuery } from '../../src/heatmap/application/get-older-summary.query.js';
import { MetricsInMemory } from '../metrics/application/metrics-in-memory.js';
import { TEST_TIME } from '../support/events.js';
import { MemoryHeatmap, NO_CLICKS } from './memory-heatmap.js';

const LAST_HOUR = { period: '1h', from: null, to: null } as const;
const PAGES = [
  { page_url: '/a', clicks: 5, views: 9 },
  { page_url: '/b', clicks: 2, views: 0 },
  { page_url: '/viewed', clicks: 0, views: 4 },
];

describe('the pages that have clicks', () => {
  const { freshness, cache, clock } = new MetricsInMemory(TEST_TIME);
  let reader: MemoryHeatmap;
  beforeEach(() => {
    reader = new MemoryHeatmap();
    reader.pageCounts = { pages: PAGES, rest: { pages: 3, clicks: 7 } };
    reader.clickCounts = { ...NO_CLICKS, placed: [{ cell: 21, clicks: 3 }], fixed: [{ cell: 21, clicks: 4 }] };
  });

  const pages = () =>
    new GetHeatmapPagesHandler(reader, freshness, cache, clock).execute(new GetHeatmapPagesQuery(LAST_HOUR, 3));
  const olderPages = new (class {
    readonly execute = (query = new GetOlderPagesQuery()) => new GetOlderPagesHandler(reader, cache).execute(query);
  })();
  const olderSummary = (pageUrl: string | null) =>
    new GetOlderSummaryHandler(reader, olderPages as unknown as QueryBus, cache).execute(
      new GetOlderSummaryQuery(pageUrl),
    );

  it('come with their views, and with what the others have', async () => {
    expect(await pages()).toMatchObject({
      period: '1h',
      window: { from: '2026-01-15T11:00:00.000Z', to: '2026-01-15T12:00:00.000Z' },
      pages: PAGES,
      rest: { pages: 3, clicks: 7 },
      complete: true,
    });
    expect(reader.asked).toEqual([['pages', TimeRange.upTo(TEST_TIME, 3_600_000), 3]]);
  });

  it('are not complete where the window is no longer kept', async () => {
    reader.inexact = 'pages';
    expect(await pages()).toMatchObject({ exact: false, complete: false, missing: [{ reason: 'retention' }] });
  });

  it('are for older clients those of all time, by their addresses alone', async () => {
    expect(await olderPages.execute()).toEqual({ status: 'ok', pages: ['/a', '/b'] });
    expect(reader.asked).toEqual([['pages', TimeRange.ALL, 1_000]]);
  });

  it('are for older clients one layer of 20 by 20 cells, with the pages that are counted', async () => {
    const { grid, ...all } = await olderSummary(null);
    expect(all).toEqual({ status: 'ok', rows: 20, cols: 20, totalClicks: 7, pages: ['/a', '/b'] });
    expect([grid.length, grid[0]!.length, grid[1]![1]]).toEqual([20, 20, 7]);
    expect(reader.asked).toContainEqual([
      'clicks',
      { pageUrl: null, device: null, userId: null },
      TimeRange.ALL,
      20,
      20,
    ]);
  });

  it('are for older clients the page that they name, if it has clicks', async () => {
    expect((await olderSummary('/a')).pages).toEqual(['/a']);
    reader.clickCounts = NO_CLICKS;
    expect(await olderSummary('/none')).toMatchObject({ totalClicks: 0, pages: [] });
    const byPage = (pageUrl: string) => ['clicks', { pageUrl, device: null, userId: null }, TimeRange.ALL, 20, 20];
    expect(reader.asked).toEqual(['/a', '/none'].map(byPage));
  });
});
