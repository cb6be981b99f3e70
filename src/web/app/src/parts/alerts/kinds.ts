import type { AlertRuleShown, AlertRuleView } from '../../../../../alerts/application/answers/alert-rule.answer.js';

export type Metric = AlertRuleShown['metric'];
export type Condition = AlertRuleShown['condition'];
/** The parts of a rule that a sentence about it needs. */
export type Watched = Pick<
  AlertRuleView,
  'metric' | 'currency' | 'filter' | 'period' | 'condition' | 'threshold' | 'min_clicks'
>;

export const METRICS = [
  'conversion_rate',
  'total_clicks',
  'total_conversions',
  'total_sales',
  'revenue',
  'dead_letters',
  'lag_ms',
] as const satisfies readonly Metric[];

export const CONDITIONS = ['below', 'above', 'drops_by_pct', 'rises_by_pct'] as const satisfies readonly Condition[];

/** Former values of these metrics are not kept, so they have no window, and nothing to compare with. */
export const isOfNow = (metric: Metric): boolean => metric === 'dead_letters' || metric === 'lag_ms';

export const isRelative = (condition: Condition): boolean => condition.endsWith('_pct');

/** Which events a label may choose from. */
export const countedType = (metric: Metric): 'conversion' | 'sale' | null =>
  metric === 'total_conversions' ? 'conversion' : metric === 'total_sales' ? 'sale' : null;

/** Whether a rule is muted. @param now epoch milliseconds */
export const isMuted = ({ muted_until }: Pick<AlertRuleShown, 'muted_until'>, now: number): boolean =>
  muted_until !== null && Date.parse(muted_until) > now;
