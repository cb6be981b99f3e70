import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Clock } from '../../platform/clock/clock.js';
import { RegionStandings } from '../../regions/application/region-standings.js';
import { changesOf } from '../domain/comparison.js';
import { DEFINITIONS } from '../domain/definitions.js';
import { figuresOf } from '../domain/figures.js';
import { isComparable, type MetricsFilter, needsFacts } from '../domain/metrics-filter.js';
import { AnswerCache } from './answer-cache.js';
import type { Metrics } from './answers/metrics.answer.js';
import { comparedRange, type Comparing } from './compared-range.js';
import { FactSections } from './fact-sections.js';
import { FreshnessOfTopics, ofWindow } from './freshness.js';
import { MetricsReader, type WindowCounts } from './metrics-reader.port.js';
import { type RequestedWindow, requestedWindow, type WindowRequest } from './requested-window.js';

/** These parts are computed from the facts, so only on request. */
export const INCLUDES = ['users', 'amounts', 'types'] as const;
export type Include = (typeof INCLUDES)[number];

/** Answers counts, rates and revenue of a window, to the millisecond. */
export class GetMetricsQuery extends Query<Metrics> {
  constructor(
    readonly window: WindowRequest,
    readonly filter: MetricsFilter,
    readonly compare: Comparing | null,
    readonly include: readonly Include[],
    readonly signal?: AbortSignal,
  ) {
    super();
  }
}

@QueryHandler(GetMetricsQuery)
export class GetMetricsHandler implements IQueryHandler<GetMetricsQuery> {
  constructor(
    private readonly reader: MetricsReader,
    private readonly sections: FactSections,
    private readonly freshness: FreshnessOfTopics,
    private readonly regions: RegionStandings,
    private readonly cache: AnswerCache,
    private readonly clock: Clock,
  ) {}

  /** @throws {InvalidTimeRange} @throws {RangeTooLong} */
  async execute({ window, filter, compare, include, signal }: GetMetricsQuery): Promise<Metrics> {
    const asked = requestedWindow(window, this.cache.now());
    const names = INCLUDES.filter((name) => include.includes(name));
    const key = ['metrics', asked.period ?? asked.range, filter, compare];
    const [metrics, ...sections] = await Promise.all([
      this.cache.get(key, (shared) => this.figures(asked, filter, compare, shared), {
        costly: needsFacts(filter),
        signal,
      }),
      ...names.map((name) => this.sections[name](asked, filter, signal)),
    ]);
    if (names.length === 0) return metrics;
    return this.cache.together([...key, names], [metrics, ...sections], () => ({
      ...metrics,
      ...Object.fromEntries(names.map((name, index) => [name, sections[index]])),
    }));
  }

  private async figures(
    asked: RequestedWindow,
    filter: MetricsFilter,
    compare: Comparing | null,
    signal?: AbortSignal,
  ): Promise<Metrics> {
    const { range, period } = asked;
    const asOf = this.clock.now();
    const windows = compare ? [range, comparedRange(range, compare)] : [range];
    const counted = windows.map((one) => ({ range: one, cuts: [] }));
    const [[current, previous], freshness, regions] = await Promise.all([
      this.reader.count(counted, filter, signal),
      this.freshness.at(asOf),
      this.cache.get(['regions'], async () => [...(await this.regions.read())]),
    ]);
    if (!current) throw new Error('one window was asked for');
    const now = shown(current, filter);
    const before = previous && shown(previous, filter);
    return {
      ...now,
      period,
      computed_from: needsFacts(filter) ? 'facts' : 'projections',
      regions,
      definitions: DEFINITIONS,
      ...(before ? { comparison: { ...before, changes: changesOf(now, before) } } : {}),
      ...ofWindow(freshness, now.exact && (before?.exact ?? true)),
    };
  }
}

const shown = ({ counts, window, exact }: WindowCounts, filter: MetricsFilter) => ({
  ...figuresOf(counts, isComparable(filter)),
  window: window.toWindow(),
  exact,
});
