import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { DAY_MS, WEEK_MS } from '../../events/domain/calendar.js';
import { InvalidTimeRange, TimeRange } from '../../events/domain/time-range.js';
import { RangeTooLong } from '../../events/domain/counts/range-too-long.js';
import { AnswerCache } from '../../metrics/application/answer-cache.js';
import { FreshnessOfTopics, ofWindow } from '../../metrics/application/freshness.js';
import { type Buckets, bucketsOf } from '../../metrics/domain/buckets.js';
import { percentage } from '../../metrics/domain/percentage.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Retention } from './answers/retention.answer.js';
import { type RetentionInterval, RetentionReader } from './retention-reader.port.js';

/** The window if the request names none. */
const USUAL: Readonly<Record<RetentionInterval, number>> = { day: 30 * DAY_MS, week: 12 * WEEK_MS };
/** An answer has half as many figures as this squared. */
const MOST_INTERVALS = 100;

/** Answers which share of the users came back. */
export class GetRetentionQuery extends Query<Retention> {
  constructor(
    readonly interval: RetentionInterval,
    /** An IANA zone that exists. */
    readonly tz: string,
    readonly wanted: { readonly from: string | null; readonly to: string | null },
    readonly signal?: AbortSignal,
  ) {
    super();
  }
}

const DEFINITIONS = {
  cohort: 'users by the interval of their first event of any kind that is kept',
  returned: 'any event but a scroll',
  share: "users ÷ the cohort's users × 100, half up, 2 decimals; 0 without users",
} as const;

@QueryHandler(GetRetentionQuery)
export class GetRetentionHandler implements IQueryHandler<GetRetentionQuery> {
  constructor(
    private readonly reader: RetentionReader,
    private readonly freshness: FreshnessOfTopics,
    private readonly cache: AnswerCache,
    private readonly clock: Clock,
  ) {}

  /** @throws {InvalidTimeRange} @throws {RangeTooLong} */
  async execute({ interval, tz, wanted, signal }: GetRetentionQuery): Promise<Retention> {
    const now = this.cache.now();
    const asked = rangeOf(interval, wanted, now);
    if ((asked.end - asked.start) / (interval === 'day' ? DAY_MS : WEEK_MS) > MOST_INTERVALS) {
      throw new RangeTooLong('from', `must be at most ${MOST_INTERVALS} ${interval}s before to`);
    }
    const buckets = bucketsOf(asked, interval, tz);
    const key = ['retention', interval, tz, buckets.starts[0], buckets.end];
    return this.cache.get(key, (shared) => this.retention(interval, tz, buckets, shared), { costly: true, signal });
  }

  private async retention(
    interval: RetentionInterval,
    tz: string,
    { starts, end, zone }: Buckets,
    signal?: AbortSignal,
  ): Promise<Retention> {
    const asOf = this.clock.now();
    const [{ counts, window, exact }, freshness] = await Promise.all([
      this.reader.count(TimeRange.halfOpen(starts[0]!, end), starts, signal),
      this.freshness.at(asOf),
    ]);
    const isRunning = (n: number) => (starts[n + 1] ?? end) > asOf;
    const cohorts = new Map(counts.map((counted) => [counted.cohort, counted]));
    // Nobody could have come back yet in an interval that lies wholly in the future, so it is none.
    const begun = starts.filter((start) => start <= asOf).length;
    return {
      window: window.toWindow(),
      exact,
      interval,
      tz,
      computed_from: 'facts',
      definitions: DEFINITIONS,
      cohorts: starts.slice(0, begun).map((start, cohort) => {
        const { users, back } = cohorts.get(cohort) ?? { users: 0, back: [] };
        return {
          time: zone.format(start),
          running: isRunning(cohort),
          users,
          returns: Array.from({ length: begun - cohort - 1 }, (_, n) => cohort + n + 1).map((n) => ({
            interval: n - cohort,
            users: isRunning(n) ? null : (back[n] ?? 0),
            share: isRunning(n) ? null : percentage(back[n] ?? 0, users),
          })),
        };
      }),
      ...ofWindow(freshness, exact),
    };
  }
}

function rangeOf(
  interval: RetentionInterval,
  { from, to }: { readonly from: string | null; readonly to: string | null },
  now: number,
): TimeRange {
  const { start, end } = TimeRange.parse(from, to);
  const until = to === null ? now + 1 : end;
  // This is the usual number of intervals, with the one that still runs.
  const since = from === null ? until - USUAL[interval] + (interval === 'day' ? DAY_MS : WEEK_MS) : start;
  if (since > until) throw new InvalidTimeRange([{ field: 'from', message: 'must not be later than now, or give to' }]);
  return TimeRange.halfOpen(since, until);
}
