import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { TimeRange } from '../../events/domain/time-range.js';
import { AnswerCache } from '../../metrics/application/answer-cache.js';
import { comparedRange, type Comparing } from '../../metrics/application/compared-range.js';
import { FreshnessOfTopics, ofWindow } from '../../metrics/application/freshness.js';
import {
  requestedWindow,
  type RequestedWindow,
  type WindowRequest,
} from '../../metrics/application/requested-window.js';
import { percentage } from '../../metrics/domain/percentage.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Funnel } from './answers/funnel.answer.js';
import { type FunnelCounts, type FunnelQuestion, FunnelReader } from './funnel-reader.port.js';

export interface FunnelWanted extends FunnelQuestion {
  /** `within` as the client wrote it. */
  readonly withinText: string;
  readonly compare: Comparing | null;
}

/** Answers how many do one thing after the other, and where they drop out. */
export class GetFunnelQuery extends Query<Funnel> {
  constructor(
    readonly window: WindowRequest,
    readonly wanted: FunnelWanted,
    readonly signal?: AbortSignal,
  ) {
    super();
  }
}

const DEFINITIONS = {
  start: 'any event of step 1 in the window; of all chains the furthest counts, then the earliest',
  next: 'the earliest event of the step at the time of the one before or later, also after the window',
  ties: 'events of one millisecond are in the order of the steps; one event serves one step',
  within: 'from the event of step 1, inclusive',
  rate_from_previous: 'count ÷ count of the step before × 100, half up, 2 decimals; 0 without it',
  rate_from_first: 'count ÷ count of step 1 × 100, half up, 2 decimals; 0 without it',
} as const;

@QueryHandler(GetFunnelQuery)
export class GetFunnelHandler implements IQueryHandler<GetFunnelQuery> {
  constructor(
    private readonly reader: FunnelReader,
    private readonly freshness: FreshnessOfTopics,
    private readonly cache: AnswerCache,
    private readonly clock: Clock,
  ) {}

  /** @throws {InvalidTimeRange} @throws {RangeTooLong} */
  async execute({ window, wanted, signal }: GetFunnelQuery): Promise<Funnel> {
    const asked = requestedWindow(window, this.cache.now());
    const key = ['funnel', asked.period ?? asked.range, wanted];
    return this.cache.get(key, (shared) => this.funnel(asked, wanted, shared), { costly: true, signal });
  }

  private async funnel(
    { range, period }: RequestedWindow,
    wanted: FunnelWanted,
    signal?: AbortSignal,
  ): Promise<Funnel> {
    const asOf = this.clock.now();
    const matureBefore = asOf - wanted.within;
    const count = (one: TimeRange) => this.reader.count(wanted, one, matureBefore, signal);
    const [now, before, freshness] = await Promise.all([
      count(range),
      wanted.compare === null ? null : count(comparedRange(range, wanted.compare)),
      this.freshness.at(asOf),
    ]);
    return {
      period,
      by: wanted.by,
      within: wanted.withinText,
      page_url: wanted.pageUrl,
      computed_from: 'facts',
      definitions: DEFINITIONS,
      ...shown(now, wanted),
      ...(before ? { comparison: shown(before, wanted) } : {}),
      ...ofWindow(freshness, now.exact && (before?.exact ?? true)),
    };
  }
}

function shown({ steps, excluded, maturing, window, exact }: FunnelCounts, wanted: FunnelWanted) {
  const first = steps[0]?.count ?? 0;
  return {
    window: window.toWindow(),
    exact,
    steps: steps.map(({ count, median, p90 }, n) => ({
      step: wanted.steps[n]!.name,
      count,
      rate_from_previous: n === 0 ? null : percentage(count, steps[n - 1]!.count),
      rate_from_first: percentage(count, first),
      median_ms: median,
      p90_ms: p90,
    })),
    excluded,
    maturing,
  };
}
