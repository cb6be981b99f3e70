import type { Alert } from '../../../../../alerts/application/answers/alert.answer.js';
import type { AlertRuleView } from '../../../../../alerts/application/answers/alert-rule.answer.js';
import { dateTime, number, span, t } from '../../language/language.js';
import { isMuted } from '../../parts/alerts/kinds.js';
import { unjudgedText } from '../../parts/alerts/words.js';
import { zone } from '../../shell/window.js';
import { lastedMs, type Standing, standingOf } from './standing.js';

const DOTS: Readonly<Record<Standing, string>> = {
  off: 'dot hollow',
  waiting: 'dot hollow',
  firing: 'dot red',
  pending: 'dot amber',
  unjudged: 'dot amber',
  quiet: 'dot',
};

/** How a rule stands, and why it was not judged. @param open its alert that is not resolved */
export function RuleState({ rule, open }: { rule: AlertRuleView; open: Alert | undefined }) {
  const now = Date.now();
  const standing = standingOf(rule, open);
  const why = rule.enabled ? unjudgedText(rule, rule.judged) : null;
  return (
    <>
      <span class="k">
        <span class={DOTS[standing]} aria-hidden="true" />
        <span>{standingText(standing, rule, open, now, why)}</span>
      </span>
      {open !== undefined && why !== null && <span class="under">{t('ruleUnjudged', { reason: why })}</span>}
      {isMuted(rule, now) && (
        <span class="under">{t('mutedUntil', { time: dateTime(rule.muted_until!, zone()) })}</span>
      )}
    </>
  );
}

function standingText(
  standing: Standing,
  rule: AlertRuleView,
  open: Alert | undefined,
  now: number,
  why: string | null,
): string {
  const since = (at: string | null | undefined) =>
    span(Math.max(0, now - Date.parse(at ?? new Date(now).toISOString())));
  switch (standing) {
    case 'off':
      return t('ruleOff');
    case 'waiting':
      return t('ruleWaiting');
    case 'firing':
      return t('ruleFiring', { time: since(open?.fired_at) });
    case 'pending':
      return t('rulePending', { time: since(open?.started_at), n: number(rule.for_minutes) });
    case 'unjudged':
      return t('ruleUnjudged', { reason: why ?? '' });
    case 'quiet':
      return t('ruleQuiet');
  }
}

const ALERT_DOTS = { pending: 'dot amber', firing: 'dot red', resolved: 'dot' } as const;

/** How an alert stands, and why it is not judged while it is open. */
export function AlertState({ alert: { state, rule, judged } }: { alert: Alert }) {
  const why = state === 'resolved' ? null : unjudgedText(rule, judged);
  return (
    <>
      <span class="k">
        <span class={ALERT_DOTS[state]} aria-hidden="true" />
        <span>{t(`alert_${state}`)}</span>
      </span>
      {why !== null && <span class="under">{t('ruleUnjudged', { reason: why })}</span>}
    </>
  );
}

export const lastedText = (alert: Alert): string => {
  const time = span(lastedMs(alert, Date.now()));
  return alert.resolved_at === null ? t('soFar', { time }) : time;
};
