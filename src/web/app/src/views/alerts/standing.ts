import type { Alert } from '../../../../../alerts/application/answers/alert.answer.js';
import type { AlertRuleView } from '../../../../../alerts/application/answers/alert-rule.answer.js';

/** How a rule stands; `waiting`: it is new. */
export type Standing = 'off' | 'firing' | 'pending' | 'waiting' | 'unjudged' | 'quiet';

type Judged = Pick<AlertRuleView, 'enabled' | 'judged'>;

/** @param open its alert that is not resolved. One that is not judged keeps its state, so that comes first. */
export function standingOf({ enabled, judged }: Judged, open: Pick<Alert, 'state'> | undefined): Standing {
  if (!enabled) return 'off';
  if (open !== undefined && open.state !== 'resolved') return open.state;
  if (judged === null) return 'waiting';
  return judged === 'ok' ? 'quiet' : 'unjudged';
}

/** How long an alert lasted, or has until now, milliseconds. @param now epoch milliseconds */
export const lastedMs = ({ started_at, resolved_at }: Pick<Alert, 'started_at' | 'resolved_at'>, now: number): number =>
  Math.max(0, (resolved_at === null ? now : Date.parse(resolved_at)) - Date.parse(started_at));
