import { type AlertRule, isMuted } from './alert-rule.js';
import type { Finding, Judged } from './judgement.js';

/** Rules are judged at whole multiples of this time, so that equal waits are equal however late a judgement comes. */
export const TURN_MS = 15_000;
/** If a rule is not judged for this long, a notice says so. */
export const SILENCE_MS = 600_000;
/** If nobody looked for longer, as while the service was down, nothing is known of that time. So no more than this counts. */
const MOST_BETWEEN_TURNS_MS = 60_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * The state of a rule that is kept from turn to turn.
 *
 * | phase | the condition holds | does not hold | is not judged |
 * |---|---|---|---|
 * | `quiet` | begins an alert: `pending`, or `firing` where `for_minutes` is 0 | stays | stays |
 * | `pending` | its clock runs; after `for_minutes` `firing` | `quiet`, the alert is dropped | stays, its clock stands still |
 * | `firing` | stays, the other clock goes back to 0 | the other clock runs; after `resolve_after_minutes` `quiet`, the alert is resolved | stays, its clock stands still |
 */
export interface Watch {
  readonly phase: 'quiet' | 'pending' | 'firing';
  /** The open alert; null while quiet. */
  readonly alertId: string | null;
  readonly startedAt: number | null;
  readonly firedAt: number | null;
  /** How long the condition has held (`pending`) or has not held (`firing`), as far as somebody looked. */
  readonly clockMs: number;
  /** How long nothing was judged, as far as somebody looked. */
  readonly unjudgedMs: number;
  /** Whether a notice said that. */
  readonly silenceSaid: boolean;
  /** When the last notice of the open alert was written; null: none was, as while it is muted. */
  readonly toldAt: number | null;
  /** The turn before this one. */
  readonly seen: { readonly at: number; readonly judged: Judged; readonly holds: boolean } | null;
}

export const NEW_WATCH: Watch = {
  phase: 'quiet',
  alertId: null,
  startedAt: null,
  firedAt: null,
  clockMs: 0,
  unjudgedMs: 0,
  silenceSaid: false,
  toldAt: null,
  seen: null,
};

/** The changes that people are told of. */
export const NOTICES = ['firing', 'resolved', 'no_data'] as const;
export type NoticeKind = (typeof NOTICES)[number];

export interface Step {
  readonly watch: Watch;
  /** The alert that has ended, and whether it had fired. */
  readonly ended: { readonly as: 'dropped' | 'resolved'; readonly watch: Watch } | null;
  readonly notices: readonly NoticeKind[];
}

/**
 * @param at time of the turn, epoch milliseconds; later than the one before
 * @param newId for an alert that begins
 */
export function step(before: Watch, finding: Finding, rule: AlertRule, at: number, newId: () => string): Step {
  const { seen } = before;
  const sinceMs = seen === null ? 0 : Math.min(at - seen.at, MOST_BETWEEN_TURNS_MS);
  const now = { at, judged: finding.judged, holds: finding.holds };
  if (finding.judged !== 'ok') return unjudged({ ...before, seen: now }, sinceMs, isMuted(rule, at));

  // If the turn before was judged otherwise, or not at all, nobody knows when the change came.
  const alikeMs = seen?.judged === 'ok' && seen.holds === finding.holds ? sinceMs : 0;
  const watch: Watch = { ...before, seen: now, unjudgedMs: 0, silenceSaid: false };
  return finding.holds ? holding(watch, alikeMs, rule, at, newId) : clear(watch, alikeMs, rule, at);
}

function unjudged(watch: Watch, sinceMs: number, muted: boolean): Step {
  const unjudgedMs = watch.unjudgedMs + sinceMs;
  const says = unjudgedMs >= SILENCE_MS && !watch.silenceSaid && !muted;
  return {
    watch: { ...watch, unjudgedMs, silenceSaid: watch.silenceSaid || says },
    ended: null,
    notices: says ? ['no_data'] : [],
  };
}

function holding(watch: Watch, alikeMs: number, rule: AlertRule, at: number, newId: () => string): Step {
  if (watch.phase === 'firing') return told({ ...watch, clockMs: 0 }, rule, at);
  const open: Watch =
    watch.phase === 'pending'
      ? { ...watch, clockMs: watch.clockMs + alikeMs }
      : { ...watch, phase: 'pending', alertId: newId(), startedAt: at, clockMs: 0, toldAt: null };
  if (open.clockMs < rule.for_minutes * MINUTE_MS) return { watch: open, ended: null, notices: [] };
  return told({ ...open, phase: 'firing', firedAt: at, clockMs: 0 }, rule, at);
}

function clear(watch: Watch, alikeMs: number, rule: AlertRule, at: number): Step {
  if (watch.phase === 'quiet') return { watch, ended: null, notices: [] };
  const quiet: Watch = {
    ...watch,
    phase: 'quiet',
    alertId: null,
    startedAt: null,
    firedAt: null,
    clockMs: 0,
    toldAt: null,
  };
  if (watch.phase === 'pending') return { watch: quiet, ended: { as: 'dropped', watch }, notices: [] };
  const clockMs = watch.clockMs + alikeMs;
  if (clockMs < rule.resolve_after_minutes * MINUTE_MS)
    return { watch: { ...watch, clockMs }, ended: null, notices: [] };
  // A person who was not told that the alert fired need not hear that it is over.
  const notices = watch.toldAt !== null && !isMuted(rule, at) ? (['resolved'] as const) : [];
  return { watch: quiet, ended: { as: 'resolved', watch }, notices };
}

/** Whether an alert that fires is to be told now: once, again after `repeat_hours`, and when muting ends. */
function told(watch: Watch, rule: AlertRule, at: number): Step {
  const { toldAt } = watch;
  const again = rule.repeat_hours !== null && toldAt !== null && at - toldAt >= rule.repeat_hours * HOUR_MS;
  if (isMuted(rule, at) || (toldAt !== null && !again)) return { watch, ended: null, notices: [] };
  return { watch: { ...watch, toldAt: at }, ended: null, notices: ['firing'] };
}
