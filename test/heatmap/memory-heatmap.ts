import type { TimeRange } from '../../src/events/domain/time-range.js';
import {
  type Counted,
  type ElementCounts,
  type HeatmapFilter,
  HeatmapReader,
  type PageCounts,
} from '../../src/heatmap/application/heatmap-reader.port.js';
import type { Grid } from '../../src/heatmap/domain/grid.js';
import type { ClickCounts } from '../../src/heatmap/domain/packed-clicks.js';
import type { ViewCounts } from '../../src/heatmap/domain/packed-views.js';

const NO_DEVICES = { phone: 0, tablet: 0, desktop: 0, unknown: 0 } as const;

export const NO_CLICKS: ClickCounts = {
  placed: [],
  fixed: [],
  withoutPosition: 0,
  byDevice: NO_DEVICES,
  byScroll: [],
  withoutScroll: 0,
};
export const NO_VIEWS: ViewCounts = { views: 0, withoutDepth: 0, byDevice: NO_DEVICES, reached: [] };

type Newest = Awaited<ReturnType<HeatmapReader['newest']>>;

/** Answers what it is given, and notes each question. */
export class MemoryHeatmap extends HeatmapReader {
  clickCounts = NO_CLICKS;
  viewCounts = NO_VIEWS;
  pageCounts: PageCounts = { pages: [], rest: { pages: 0, clicks: 0 } };
  elementCounts: ElementCounts | null = null;
  newestClicks: Newest = [];
  /** The figures of which only a part of the window is kept; null: none. */
  inexact: 'clicks' | 'views' | 'pages' | null = null;
  readonly asked: unknown[] = [];

  clicks(filter: HeatmapFilter, window: TimeRange, { rows, columns }: Grid): Promise<Counted<ClickCounts>> {
    this.asked.push(['clicks', filter, window, rows, columns]);
    return this.counted('clicks', this.clickCounts, window);
  }

  elements(filter: HeatmapFilter, window: TimeRange, most: number): Promise<Counted<ElementCounts>> {
    this.asked.push(['elements', filter, window, most]);
    return this.counted('elements', this.elementCounts!, window);
  }

  views(filter: HeatmapFilter, window: TimeRange): Promise<Counted<ViewCounts>> {
    this.asked.push(['views', filter, window]);
    return this.counted('views', this.viewCounts, window);
  }

  newest(filter: HeatmapFilter, window: TimeRange, most: number): Promise<Newest> {
    this.asked.push(['newest', filter, window, most]);
    return Promise.resolve(this.newestClicks);
  }

  pages(window: TimeRange, most: number): Promise<Counted<PageCounts>> {
    this.asked.push(['pages', window, most]);
    return this.counted('pages', this.pageCounts, window);
  }

  private counted<T>(what: string, result: T, window: TimeRange): Promise<Counted<T>> {
    return Promise.resolve({ result, window, exact: this.inexact !== what });
  }
}
