import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { EventType } from '../../events/domain/incoming-event.js';
import { Clock } from '../../platform/clock/clock.js';
import { percentage } from '../domain/percentage.js';
import { AnswerCache } from './answer-cache.js';
import type { TopPages } from './answers/top-pages.answer.js';
import { FactsReader } from './facts-reader.port.js';
import { FreshnessOfTopics, ofWindow } from './freshness.js';
import { type RequestedWindow, requestedWindow, type WindowRequest } from './requested-window.js';

/** Answers the pages with the most clicks (without votes, views and scrolls), conversions or sales. */
export class GetTopPagesQuery extends Query<TopPages> {
  constructor(
    readonly window: WindowRequest,
    readonly eventType: EventType,
    readonly limit: number,
    readonly signal?: AbortSignal,
  ) {
    super();
  }
}

@QueryHandler(GetTopPagesQuery)
export class GetTopPagesHandler implements IQueryHandler<GetTopPagesQuery> {
  constructor(
    private readonly facts: FactsReader,
    private readonly freshness: FreshnessOfTopics,
    private readonly cache: AnswerCache,
    private readonly clock: Clock,
  ) {}

  /** @throws {InvalidTimeRange} @throws {RangeTooLong} */
  async execute({ window, eventType, limit, signal }: GetTopPagesQuery): Promise<TopPages> {
    const asked = requestedWindow(window, this.cache.now());
    const key = ['pages', asked.period ?? asked.range, eventType, limit];
    return this.cache.get(key, (shared) => this.pages(asked, eventType, limit, shared), { costly: true, signal });
  }

  private async pages(
    { range, period }: RequestedWindow,
    eventType: EventType,
    limit: number,
    signal?: AbortSignal,
  ): Promise<TopPages> {
    const asOf = this.clock.now();
    const [{ result, window, exact }, freshness] = await Promise.all([
      this.facts.pages(range, eventType, limit, signal),
      this.freshness.at(asOf),
    ]);
    const { top, events: total, names } = result;
    return {
      period,
      window: window.toWindow(),
      exact,
      computed_from: 'facts',
      event_type: eventType,
      total,
      pages: top.map(({ name, events }) => ({ page_url: name ?? '', events, share: percentage(events, total) })),
      rest: { pages: names - top.length, events: top.reduce((rest, { events }) => rest - events, total) },
      ...ofWindow(freshness, exact),
    };
  }
}
