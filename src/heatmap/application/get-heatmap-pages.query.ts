import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { AnswerCache } from '../../metrics/application/answer-cache.js';
import { FreshnessOfTopics, ofWindow } from '../../metrics/application/freshness.js';
import {
  type RequestedWindow,
  requestedWindow,
  type WindowRequest,
} from '../../metrics/application/requested-window.js';
import { Clock } from '../../platform/clock/clock.js';
import type { HeatmapPages } from './answers/pages.answer.js';
import { HeatmapReader } from './heatmap-reader.port.js';

/** Answers the pages with the most clicks, and how often they were viewed. */
export class GetHeatmapPagesQuery extends Query<HeatmapPages> {
  constructor(
    readonly window: WindowRequest,
    readonly limit: number,
    readonly signal?: AbortSignal,
  ) {
    super();
  }
}

@QueryHandler(GetHeatmapPagesQuery)
export class GetHeatmapPagesHandler implements IQueryHandler<GetHeatmapPagesQuery> {
  constructor(
    private readonly reader: HeatmapReader,
    private readonly freshness: FreshnessOfTopics,
    private readonly cache: AnswerCache,
    private readonly clock: Clock,
  ) {}

  /** @throws {InvalidTimeRange} @throws {RangeTooLong} */
  async execute({ window, limit, signal }: GetHeatmapPagesQuery): Promise<HeatmapPages> {
    const asked = requestedWindow(window, this.cache.now());
    const key = ['heatmap pages', asked.period ?? asked.range, limit];
    return this.cache.get(key, (shared) => this.pages(asked, limit, shared), { costly: true, signal });
  }

  private async pages({ range, period }: RequestedWindow, limit: number, signal?: AbortSignal): Promise<HeatmapPages> {
    const asOf = this.clock.now();
    const [{ result, window, exact }, freshness] = await Promise.all([
      this.reader.pages(range, limit, signal),
      this.freshness.at(asOf),
    ]);
    return {
      period,
      window: window.toWindow(),
      exact,
      computed_from: 'facts',
      ...result,
      ...ofWindow(freshness, exact),
    };
  }
}
