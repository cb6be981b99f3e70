import type { AlertRuleView } from '../../../../../alerts/application/answers/alert-rule.answer.js';
import type { Metric } from '../../../../../alerts/domain/alert-rule.js';

/** These have one definition, in a file of the server that needs nothing of Node. */
export {
  type Condition,
  CONDITIONS,
  isMuted,
  isOfNow,
  isRelative,
  type Metric,
  METRICS,
} from '../../../../../alerts/domain/alert-rule.js';

/** The parts of a rule that a sentence about it needs. */
export type Watched = Pick<
  AlertRuleView,
  'metric' | 'currency' | 'filter' | 'period' | 'condition' | 'threshold' | 'min_clicks'
>;

/** Which events a label may choose from. */
export const countedType = (metric: Metric): 'conversion' | 'sale' | null =>
  metric === 'total_conversions' ? 'conversion' : metric === 'total_sales' ? 'sale' : null;
