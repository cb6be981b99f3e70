import { type AlertRule, isRelative } from './alert-rule.js';
import type { Finding } from './judgement.js';
import type { NoticeKind } from './watch.js';

/** The window of a figure, epoch milliseconds: `(from, to]`. */
export interface JudgedWindow {
  readonly from: number;
  readonly to: number;
}

export interface Told {
  readonly ruleId: string;
  readonly rule: AlertRule;
  /** Null where no alert is open. */
  readonly alertId: string | null;
  readonly startedAt: number | null;
  readonly firedAt: number | null;
  readonly finding: Finding;
  readonly window: JudgedWindow;
}

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** The alert as a webhook gets it. Chat systems show its `text`. @param at epoch milliseconds */
export function bodyOf(kind: NoticeKind | 'test', told: Told, at: number): string {
  const { ruleId, rule, alertId, startedAt, firedAt, finding, window } = told;
  return JSON.stringify({
    type: `alert.${kind}`,
    timestamp: time(at),
    text: textOf(kind, rule, finding),
    id: alertId,
    rule: { id: ruleId, ...publicRule(rule) },
    state: kind === 'firing' || kind === 'resolved' ? kind : alertId && (firedAt === null ? 'pending' : 'firing'),
    judged: finding.judged,
    value: finding.value,
    threshold: rule.threshold,
    window: { from: time(window.from), to: time(window.to) },
    started_at: time(startedAt),
    fired_at: time(firedAt),
    resolved_at: kind === 'resolved' ? time(at) : null,
  });
}

/** The part of a webhook's address that is shown: its path may be a secret. */
export const hostOf = (webhookUrl: string | null): string | null => webhookUrl && new URL(webhookUrl).host;

export function publicRule({ webhook_url, ...rule }: AlertRule) {
  return { ...rule, webhook_host: hostOf(webhook_url) };
}

function textOf(kind: NoticeKind | 'test', rule: AlertRule, { judged, value }: Finding): string {
  const { name, metric, currency, condition, threshold, period } = rule;
  const unit = metric === 'lag_ms' ? ' ms' : metric === 'conversion_rate' ? ' %' : currency ? ` ${currency}` : '';
  const figure = value === null ? 'unknown' : `${value}${unit}`;
  const limit = isRelative(condition) ? `${threshold} %` : `${threshold}${unit}`;
  const over =
    metric === 'lag_ms' || metric === 'dead_letters'
      ? ''
      : ` over ${period}${typeof period === 'number' ? ' min' : ''}`;
  switch (kind) {
    case 'firing':
      return `Firing: ${name}: ${metric}${over} is ${figure} (${condition} ${limit})`;
    case 'resolved':
      return `Resolved: ${name}: ${metric}${over} is ${figure} (${condition} ${limit})`;
    case 'no_data':
      return `No data: ${name}: ${metric}${over} could not be judged for 10 minutes (${judged})`;
    case 'test':
      return `Test: ${name}: ${metric}${over} ${condition} ${limit}`;
  }
}
