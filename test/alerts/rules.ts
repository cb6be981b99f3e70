import { parseRule } from '../../src/alerts/domain/parse-rule.js';
import type { AlertRule } from '../../src/alerts/domain/alert-rule.js';

export const A_RULE = {
  name: 'the rate falls',
  metric: 'conversion_rate',
  period: '1h',
  condition: 'below',
  threshold: 5,
  for_minutes: 5,
} as const;

/** A rule with these members instead of those of `A_RULE`. */
export const ruleOf = (members: Readonly<Record<string, unknown>> = {}): AlertRule =>
  parseRule({ ...A_RULE, ...members });
