import type { AlertRuleView } from '../../../../../../alerts/application/answers/alert-rule.answer.js';
import { type Condition, countedType, isOfNow, isRelative, type Metric } from '../../../parts/alerts/kinds.js';

export const WINDOWS = ['1h', '24h', '7d'] as const;
const OWN_MINUTES = 'minutes';

/** A rule as it stands in the fields of the form. */
export interface Draft {
  readonly name: string;
  readonly metric: Metric;
  readonly currency: string;
  readonly label: string;
  readonly window: (typeof WINDOWS)[number] | typeof OWN_MINUTES;
  readonly minutes: string;
  readonly condition: Condition;
  readonly threshold: string;
  readonly forMinutes: string;
  readonly resolveAfter: string;
  readonly minClicks: string;
  readonly repeatHours: string;
  readonly webhook: string;
}

export const NEW_DRAFT: Draft = {
  name: '',
  metric: 'conversion_rate',
  currency: 'EUR',
  label: '',
  window: '1h',
  minutes: '15',
  condition: 'below',
  threshold: '5',
  forMinutes: '5',
  resolveAfter: '5',
  minClicks: '100',
  repeatHours: '',
  webhook: '',
};

export function draftOf(rule: AlertRuleView): Draft {
  const named = WINDOWS.find((one) => one === rule.period);
  return {
    name: rule.name,
    metric: rule.metric,
    currency: rule.currency ?? NEW_DRAFT.currency,
    label: rule.filter.label ?? '',
    window: named ?? OWN_MINUTES,
    minutes: named === undefined ? String(rule.period) : NEW_DRAFT.minutes,
    condition: rule.condition,
    threshold: String(rule.threshold),
    forMinutes: String(rule.for_minutes),
    resolveAfter: String(rule.resolve_after_minutes),
    minClicks: String(rule.min_clicks),
    repeatHours: rule.repeat_hours === null ? '' : String(rule.repeat_hours),
    webhook: rule.webhook_url ?? '',
  };
}

/** The members of a rule that the form does not change. */
export type Kept = Pick<AlertRuleView, 'enabled' | 'muted_until'>;

export const NEW_KEPT: Kept = { enabled: true, muted_until: null };

/**
 * The rule as the API takes it, without members that have no meaning for its metric. Wrong figures are sent as they are, and
 * the answer says what is wrong.
 */
export function bodyOf(draft: Draft, { enabled, muted_until }: Kept) {
  const { metric, label, currency } = draft;
  return {
    name: draft.name.trim(),
    metric,
    currency: metric === 'revenue' ? currency.trim().toUpperCase() : null,
    filter: { event_type: null, label: countedType(metric) === null || label.trim() === '' ? null : label.trim() },
    period: isOfNow(metric) ? ('1h' as const) : periodOf(draft),
    condition: conditionOf(draft),
    // Money goes as it was written: it is a decimal.
    threshold: metric === 'revenue' ? draft.threshold.trim() : figureOf(draft.threshold),
    for_minutes: figureOf(draft.forMinutes),
    resolve_after_minutes: figureOf(draft.resolveAfter),
    min_clicks: figureOf(draft.minClicks),
    enabled,
    muted_until,
    repeat_hours: figureOf(draft.repeatHours),
    webhook_url: draft.webhook.trim() === '' ? null : draft.webhook.trim(),
  };
}
export type RuleBody = ReturnType<typeof bodyOf>;

export const periodOf = ({ window, minutes }: Pick<Draft, 'window' | 'minutes'>) =>
  window === OWN_MINUTES ? figureOf(minutes) : window;

/** Former values of these metrics are not kept, so there is nothing to compare with. */
export const conditionOf = ({ metric, condition }: Pick<Draft, 'metric' | 'condition'>): Condition =>
  isOfNow(metric) && isRelative(condition) ? 'above' : condition;

/** The number that was written, or what was; null: nothing. */
function figureOf(text: string): number | string | null {
  const written = text.trim();
  if (written === '') return null;
  const value = Number(written);
  return Number.isFinite(value) ? value : written;
}

/** A rule that stands, as the API takes it, with these members instead: nothing else of it changes. */
export function changedRule(rule: AlertRuleView, changes: Partial<Kept>) {
  const { name, metric, currency, filter, period, condition, threshold, for_minutes } = rule;
  const { resolve_after_minutes, min_clicks, enabled, muted_until, repeat_hours, webhook_url } = rule;
  return {
    ...{ name, metric, currency, filter, period, condition, threshold, for_minutes },
    ...{ resolve_after_minutes, min_clicks, enabled, muted_until, repeat_hours, webhook_url },
    ...changes,
  };
}
