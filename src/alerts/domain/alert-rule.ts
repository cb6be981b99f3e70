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

/** The longest time in minutes. A window longer than a week would overlap the week before. */
export const LONGEST_PERIOD_MINUTES = 7 * 24 * 60;
export const LONGEST_FOR_MINUTES = 10_080;
export const DEFAULT_RESOLVE_AFTER_MINUTES = 5;
export const DEFAULT_MIN_CLICKS = 100;

/** The figures that a rule may watch, in the names that clients write. */
export interface AlertRule {
  readonly name: string;
  readonly metric: Metric;
  /** ISO 4217; only `revenue` has one. */
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

/** The filter of a metric may only select events of this type. */
export const COUNTED_TYPE: Readonly<Partial<Record<Metric, EventType>>> = {
  total_clicks: 'click',
  total_conversions: 'conversion',
  total_sales: 'sale',
};

/** Their former values are not kept. So these metrics are always judged, by their value of this moment. */
export const isOfNow = (metric: Metric): boolean => metric === 'dead_letters' || metric === 'lag_ms';

export const isRelative = (condition: Condition): boolean => condition.endsWith('_pct');

export const minutesOf = (period: RulePeriod): number => (typeof period === 'number' ? period : NAMED_PERIODS[period]);

export const isMuted = ({ muted_until }: AlertRule, now: number): boolean =>
  muted_until !== null && Date.parse(muted_until) > now;

/** Whether two rules judge alike. Muting withholds notices, and changes nothing in the judgement. */
export function judgesLike(one: AlertRule, other: AlertRule): boolean {
  const compared = (rule: AlertRule) => JSON.stringify(inOrder({ ...rule, muted_until: null }));
  return compared(one) === compared(other);
}

/** PostgreSQL returns JSON with its members in another order. */
const inOrder = (value: unknown): unknown =>
  typeof value !== 'object' || value === null
    ? value
    : Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, member]) => [name, inOrder(member)]);
