import { money, tenThousandths } from '../../../metrics/domain/money.js';
import type { AlertRule } from '../../domain/alert-rule.js';
import { type JudgedWindow, publicRule } from '../../domain/notice.js';
import type { AlertRuleShown, AlertRuleView } from '../answers/alert-rule.answer.js';
import type { StoredRule } from './rule-store.port.js';

const time = (ms: number) => new Date(ms).toISOString();

/** An amount of money is written as a text, as in all answers. */
export const figure = (metric: AlertRule['metric'], value: number) =>
  metric === 'revenue' ? money(tenThousandths(value.toFixed(4))) : value;

export const shownWindow = ({ from, to }: JudgedWindow) => ({ from: time(from), to: time(to) });

export const shownRule = (id: string, rule: AlertRule): AlertRuleShown => ({
  id,
  ...publicRule(rule),
  threshold: figure(rule.metric, rule.threshold),
});

/** @param whole whether the address of its webhook is shown */
export const viewOf = (
  { id, source, rule, createdAt, updatedAt, last }: StoredRule,
  whole: boolean,
): AlertRuleView => ({
  ...shownRule(id, rule),
  source,
  webhook_url: whole ? rule.webhook_url : null,
  created_at: time(createdAt),
  updated_at: time(updatedAt),
  judged: last && last.judged,
  value: last && (last.value === null ? null : figure(rule.metric, last.value)),
  window: last && shownWindow(last.window),
});
