import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { AnswerCache } from '../../metrics/application/answer-cache.js';
import { FreshnessOfTopics, ofWindow } from '../../metrics/application/freshness.js';
import {
  type RequestedWindow,
  requestedWindow,
  type WindowRequest,
} from '../../metrics/application/requested-window.js';
import { Clock } from '../../platform/clock/clock.js';
import { DEVICE_CLASS_NAMES } from '../domain/device-class.js';
import { type CellCount, Grid } from '../domain/grid.js';
import { reachOf } from '../domain/reach.js';
import { scrollDistribution } from '../domain/scroll-bands.js';
import type { HeatmapSummary } from './answers/summary.answer.js';
import { type ElementCounts, type HeatmapFilter, HeatmapReader } from './heatmap-reader.port.js';

const MOST_ELEMENTS = 100;

/** Which parts of the answer are wanted. */
export interface SummaryShape {
  readonly rows: number;
  readonly columns: number;
  /** Whether the figures that need each event itself are wanted: they take many times as long. */
  readonly elements: boolean;
  /** How many of the newest clicks are wanted. */
  readonly events: number;
}

/** Answers where a page was clicked and how far it was read. */
export class GetHeatmapSummaryQuery extends Query<HeatmapSummary> {
  constructor(
    readonly filter: HeatmapFilter & { readonly pageUrl: string },
    readonly window: WindowRequest,
    readonly shape: SummaryShape,
    readonly signal?: AbortSignal,
  ) {
    super();
  }
}

@QueryHandler(GetHeatmapSummaryQuery)
export class GetHeatmapSummaryHandler implements IQueryHandler<GetHeatmapSummaryQuery> {
  constructor(
    private readonly reader: HeatmapReader,
    private readonly freshness: FreshnessOfTopics,
    private readonly cache: AnswerCache,
    private readonly clock: Clock,
  ) {}

  /** @throws {InvalidTimeRange} @throws {RangeTooLong} */
  async execute({ filter, window, shape, signal }: GetHeatmapSummaryQuery): Promise<HeatmapSummary> {
    const asked = requestedWindow(window, this.cache.now());
    const key = ['heatmap summary', asked.period ?? asked.range, filter, shape];
    return this.cache.get(key, (shared) => this.summary(filter, asked, shape, shared), { costly: true, signal });
  }

  private async summary(
    filter: HeatmapFilter & { readonly pageUrl: string },
    { range, period }: RequestedWindow,
    { rows, columns, elements, events }: SummaryShape,
    signal?: AbortSignal,
  ): Promise<HeatmapSummary> {
    const asOf = this.clock.now();
    const grid = new Grid(rows, columns);
    const [clicks, views, newest, fromEvents, freshness] = await Promise.all([
      this.reader.clicks(filter, range, grid, signal),
      this.reader.views(filter, range, signal),
      events === 0 ? [] : this.reader.newest(filter, range, events, signal),
      elements ? this.reader.elements(filter, range, MOST_ELEMENTS, signal) : null,
      this.freshness.at(asOf),
    ]);
    const { placed, fixed, withoutPosition, byDevice, byScroll, withoutScroll } = clicks.result;
    const { views: total, withoutDepth, reached } = views.result;
    return {
      page_url: filter.pageUrl,
      period,
      window: clicks.window.toWindow(),
      exact: clicks.exact,
      computed_from: 'facts',
      device: filter.device,
      devices: [...DEVICE_CLASS_NAMES, 'unknown' as const].map((device) => ({
        device,
        clicks: byDevice[device],
        views: views.result.byDevice[device],
      })),
      user_id: filter.userId,
      rows,
      columns,
      grid: grid.filled(placed),
      total_clicks: sum(placed),
      fixed: { grid: grid.filled(fixed), total_clicks: sum(fixed) },
      clicks_without_position: withoutPosition,
      views: total,
      views_without_depth: withoutDepth,
      reach: reachOf(reached, total - withoutDepth),
      scroll_distribution: scrollDistribution(byScroll),
      clicks_without_scroll: withoutScroll,
      ...shown(fromEvents?.result ?? null),
      events: newest,
      ...ofWindow(freshness, clicks.exact && views.exact),
    };
  }
}

const sum = (cells: readonly CellCount[]): number => cells.reduce((total, { clicks }) => total + clicks, 0);

const shown = (counts: ElementCounts | null) => ({
  elements: counts?.elements ?? null,
  rest_of_elements: counts?.rest ?? null,
  clicks_without_element: counts?.withoutElement ?? null,
  sessions: counts?.sessions ?? null,
  clicks_above_fold: counts?.aboveFold ?? null,
  clicks_with_fold: counts?.withFold ?? null,
});
