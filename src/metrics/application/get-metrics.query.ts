import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { TimeRange } from '../../events/domain/time-range.js';
import { Clock } from '../../platform/clock/clock.js';
import { percentage } from '../domain/percentage.js';
import { type LabelledCount, MetricsReader } from './metrics-reader.port.js';

const HOUR_MS = 3_600_000;
export const PERIODS = { '1h': HOUR_MS, '24h': 24 * HOUR_MS, '7d': 7 * 24 * HOUR_MS } as const;
export type Period = keyof typeof PERIODS;

export interface Metrics {
  /** Clicks that are not votes. */
  readonly total_clicks: number;
  readonly total_conversions: number;
  readonly total_sales: number;
  /** conversions ÷ clicks × 100, two decimals; 0 without clicks. */
  readonly conversion_rate: number;
  /** Clicks that carry a reaction. */
  readonly total_votes: number;
  readonly period: Period;
  /** `(from, to]`, RFC 3339. */
  readonly window: { readonly from: string; readonly to: string };
  /** False when the window reaches below what is kept and was rounded outward. */
  readonly exact: boolean;
}

/** Counts and rate of `(now − period, now]`, to the millisecond. */
export class GetMetricsQuery extends Query<Metrics> {
  constructor(readonly period: Period) {
    super();
  }
}

@QueryHandler(GetMetricsQuery)
export class GetMetricsHandler implements IQueryHandler<GetMetricsQuery> {
  constructor(
    private readonly reader: MetricsReader,
    private readonly clock: Clock,
  ) {}

  async execute({ period }: GetMetricsQuery): Promise<Metrics> {
    const { counts, window, exact } = await this.reader.count(TimeRange.upTo(this.clock.now(), PERIODS[period]));
    const clicks = total(counts, ({ eventType, label }) => eventType === 'click' && label === '');
    const conversions = total(counts, ({ eventType }) => eventType === 'conversion');
    return {
      total_clicks: clicks,
      total_conversions: conversions,
      total_sales: total(counts, ({ eventType }) => eventType === 'sale'),
      conversion_rate: percentage(conversions, clicks),
      total_votes: total(counts, ({ eventType, label }) => eventType === 'click' && label !== ''),
      period,
      window: window.toWindow(),
      exact,
    };
  }
}

const total = (counts: readonly LabelledCount[], wanted: (count: LabelledCount) => boolean) =>
  counts.filter(wanted).reduce((sum, { events }) => sum + events, 0);
