import type { EventType } from '../../events/domain/event-type.js';

export const METRICS = [
  'conversion_rate',
  'total_clicks',
  'total_conversions',
  'total_sales',
  'revenue',
  'dead_letters',
  'lag_ms',
] as const;
export type Metric = (typeof METRICS)[number];

export const CONDITIONS = ['below', 'above', 'drops_by_pct', 'rises_by_pct'] as const;
export type Condition = (typeof CONDITIONS)[number];

export const NAMED_PERIODS = { '1h': 60, '24h': 24 * 60, '7d': 7 * 24 * 60 } as const;
export type RulePeriod = keyof typeof NAMED_PERIODS | number;

/** Of minutes; longer windows than a week are not told apart from the week before. */
export const LONGEST_PERIOD_MINUTES = 7 * 24 * 60;
export const LONGEST_FOR_MINUTES = 10_080;
export const DEFAULT_RESOLVE_AFTER_MINUTES = 5;
export const DEFAULT_MIN_CLICKS = 100;

/** What is watched, in the names that clients write. */
export interface AlertRule {
  readonly name: string;
  readonly metric: Metric;
  /** ISO 4217, of `revenue` alone. */
  readonly currency: string | null;
  readonly filter: { readonly event_type: EventType | null; readonly label: string | null };
  /** A name, or minutes. */
  readonly period: RulePeriod;
  readonly condition: Condition;
  readonly threshold: number;
  readonly for_minutes: number;
  readonly resolve_after_minutes: number;
  readonly min_clicks: number;
  readonly enabled: boolean;
  /** RFC 3339. */
  readonly muted_until: string | null;
  readonly repeat_hours: number | null;
  readonly webhook_url: string | null;
}

/** What the filter of a metric may say: events of this type alone. */
export const COUNTED_TYPE: Readonly<Partial<Record<Metric, EventType>>> = {
  total_clicks: 'click',
  total_conversions: 'conversion',
  total_sales: 'sale',
};

/** Of what was counted at other times nothing is kept: they are judged by what is now, and always. */
export const isOfNow = (metric: Metric): boolean => metric === 'dead_letters' || metric === 'lag_ms';

export const isRelative = (condition: Condition): boolean => condition.endsWith('_pct');

export const minutesOf = (period: RulePeriod): number => (typeof period === 'number' ? period : NAMED_PERIODS[period]);

export const isMuted = ({ muted_until }: AlertRule, now: number): boolean =>
  muted_until !== null && Date.parse(muted_until) > now;

/** Whether two rules judge alike: muting withholds, and changes nothing of what is known. */
export function judgesLike(one: AlertRule, other: AlertRule): boolean {
  const compared = (rule: AlertRule) => JSON.stringify(inOrder({ ...rule, muted_until: null }));
  return compared(one) === compared(other);
}

/** JSON from PostgreSQL has its members in another order. */
const inOrder = (value: unknown): unknown =>
  typeof value !== 'object' || value === null
    ? value
    : Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, member]) => [name, inOrder(member)]);
