import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { TimeRange } from '../../events/domain/time-range.js';
import { Clock } from '../../platform/clock/clock.js';
import { type Buckets, bucketsOf, type Interval, intervalFor } from '../domain/buckets.js';
import { DEFINITIONS } from '../domain/definitions.js';
import { revenueOf, totalsOf } from '../domain/figures.js';
import { isComparable, type MetricsFilter, needsFacts } from '../domain/metrics-filter.js';
import { AnswerCache } from './answer-cache.js';
import type { Point, Timeseries } from './answers/timeseries.answer.js';
import { comparedRange, type Comparing } from './compared-range.js';
import { FreshnessOfTopics, ofWindow } from './freshness.js';
import { MetricsReader, type WindowCounts } from './metrics-reader.port.js';
import { type RequestedWindow, requestedWindow, type WindowRequest } from './requested-window.js';

/** Answers counts, rate and revenue for each bucket, with the empty buckets. */
export class GetTimeseriesQuery extends Query<Timeseries> {
  constructor(
    readonly window: WindowRequest,
    /** Null: the shortest that gives at most 200 buckets. */
    readonly interval: Interval | null,
    /** An IANA zone that exists. */
    readonly tz: string,
    readonly filter: MetricsFilter,
    readonly compare: Comparing | null,
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
  async execute({ window, interval, tz, filter, compare, signal }: GetTimeseriesQuery): Promise<Timeseries> {
    const asked = requestedWindow(window, this.cache.now());
    const chosen = interval ?? intervalFor(asked.range);
    const key = ['timeseries', asked.period ?? asked.range, chosen, tz, filter, compare];
    return this.cache.get(key, (shared) => this.series(asked, { interval: chosen, tz, filter, compare }, shared), {
      costly: needsFacts(filter),
      // A series from the facts waits in the lane of slow reads instead, so that it keeps no quick one waiting.
      bulky: !needsFacts(filter),
      signal,
    });
  }

  private async series(
    { range, period }: RequestedWindow,
    { interval, tz, filter, compare }: Asked,
    signal?: AbortSignal,
  ): Promise<Timeseries> {
    const asOf = this.clock.now();
    const ranges = compare ? [range, comparedRange(range, compare)] : [range];
    const windows = ranges.map((one) => ({ range: one, buckets: bucketsOf(one, interval, tz) }));
    const [counted, freshness] = await Promise.all([
      this.reader.count(
        windows.map(({ range: one, buckets }) => ({ range: one, cuts: buckets.starts.slice(1) })),
        filter,
        signal,
      ),
      this.freshness.at(asOf),
    ]);
    const [now, before] = windows.map((one, n) => shown(counted[n]!, one, isComparable(filter)));
    if (!now) throw new Error('one window was asked for');
    return {
      period,
      interval,
      tz,
      computed_from: needsFacts(filter) ? 'facts' : 'projections',
      definitions: { conversion_rate: DEFINITIONS.conversion_rate },
      ...now,
      ...(before ? { comparison: before } : {}),
      ...ofWindow(freshness, now.exact && (before?.exact ?? true)),
    };
  }
}

interface Asked {
  readonly interval: Interval;
  readonly tz: string;
  readonly filter: MetricsFilter;
  readonly compare: Comparing | null;
}

const shown = (
  counted: WindowCounts,
  { range, buckets }: { readonly range: TimeRange; readonly buckets: Buckets },
  comparable: boolean,
) => ({
  window: counted.window.toWindow(),
  exact: counted.exact,
  points: range.isEmpty ? [] : pointsOf(counted, buckets, comparable),
});

function pointsOf({ counts, window }: WindowCounts, { starts, end, zone }: Buckets, comparable: boolean): Point[] {
  const byBucket = groups(counts);
  return starts.map((start, index) => {
    const ofBucket = byBucket.get(index) ?? [];
    const bucketEnd = starts[index + 1] ?? end;
    return {
      time: zone.format(start),
      // A window from midnight to midnight lacks the first millisecond of its first day, as every range does. This does not
      // make the day partial.
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
