import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Clock } from '../../platform/clock/clock.js';
import { type Buckets, bucketsOf, type Interval, intervalFor } from '../domain/buckets.js';
import { DEFINITIONS } from '../domain/definitions.js';
import { revenueOf, totalsOf } from '../domain/figures.js';
import { isComparable, type MetricsFilter, needsFacts } from '../domain/metrics-filter.js';
import { AnswerCache } from './answer-cache.js';
import type { Point, Timeseries } from './answers/timeseries.answer.js';
import { FreshnessOfTopics, ofWindow } from './freshness.js';
import { MetricsReader, type WindowCounts } from './metrics-reader.port.js';
import { type RequestedWindow, requestedWindow, type WindowRequest } from './requested-window.js';

/** Counts, rate and revenue per bucket, empty buckets included. */
export class GetTimeseriesQuery extends Query<Timeseries> {
  constructor(
    readonly window: WindowRequest,
    /** Null: the shortest that gives at most 200 buckets. */
    readonly interval: Interval | null,
    /** An IANA zone that exists. */
    readonly tz: string,
    readonly filter: MetricsFilter,
    readonly signal?: AbortSignal,
  ) {
    super();
  }
}

@QueryHandler(GetTimeseriesQuery)
export class GetTimeseriesHandler implements IQueryHandler<GetTimeseriesQuery> {
  constructor(
    private readonly reader: MetricsReader,
    private readonly freshness: FreshnessOfTopics,
    private readonly cache: AnswerCache,
    private readonly clock: Clock,
  ) {}

  /** @throws {InvalidTimeRange} @throws {RangeTooLong} */
  async execute({ window, interval, tz, filter, signal }: GetTimeseriesQuery): Promise<Timeseries> {
    const asked = requestedWindow(window, this.cache.now());
    const chosen = interval ?? intervalFor(asked.range);
    const key = ['timeseries', asked.period ?? asked.range, chosen, tz, filter];
    return this.cache.get(key, (shared) => this.series(asked, chosen, tz, filter, shared), {
      costly: needsFacts(filter),
      // What comes from the facts waits in the lane of slow reads instead: it must keep no quick one waiting.
      bulky: !needsFacts(filter),
      signal,
    });
  }

  private async series(
    { range, period }: RequestedWindow,
    interval: Interval,
    tz: string,
    filter: MetricsFilter,
    signal?: AbortSignal,
  ): Promise<Timeseries> {
    const asOf = this.clock.now();
    const buckets = bucketsOf(range, interval, tz);
    const [[counted], freshness] = await Promise.all([
      this.reader.count([{ range, cuts: buckets.starts.slice(1) }], filter, signal),
      this.freshness.at(asOf),
    ]);
    if (!counted) throw new Error('one window was asked for');
    const { window, exact } = counted;
    return {
      period,
      window: window.toWindow(),
      exact,
      interval,
      tz,
      computed_from: needsFacts(filter) ? 'facts' : 'projections',
      definitions: { conversion_rate: DEFINITIONS.conversion_rate },
      points: range.isEmpty ? [] : pointsOf(counted, buckets, isComparable(filter)),
      ...ofWindow(freshness, exact),
    };
  }
}

function pointsOf({ counts, window }: WindowCounts, { starts, end, zone }: Buckets, comparable: boolean): Point[] {
  const byBucket = groups(counts);
  return starts.map((start, index) => {
    const ofBucket = byBucket.get(index) ?? [];
    const bucketEnd = starts[index + 1] ?? end;
    return {
      time: zone.format(start),
      // A window from midnight to midnight lacks the first millisecond of its first day, as every range does, and no part of it.
      partial: start < window.start - 1 || bucketEnd > window.end,
      ...totalsOf(ofBucket, comparable),
      revenue: revenueOf(ofBucket).map(({ currency, amount }) => ({ currency, amount })),
    };
  });
}

function groups(counts: WindowCounts['counts']): Map<number, WindowCounts['counts'][number][]> {
  const grouped = new Map<number, WindowCounts['counts'][number][]>();
  for (const count of counts) {
    const group = grouped.get(count.bucket);
    if (group) group.push(count);
    else grouped.set(count.bucket, [count]);
  }
  return grouped;
}
