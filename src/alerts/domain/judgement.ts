import { type AlertRule, isRelative } from './alert-rule.js';

export const JUDGED = ['ok', 'no_data', 'incomplete'] as const;
export type Judged = (typeof JUDGED)[number];

/** The figure of a metric in a window. */
export interface Figure {
  /** Null: the figure is not known, as the lag is not while nobody consumes. */
  readonly value: number | null;
  /** Clicks in the same window. */
  readonly clicks: number;
  /** Whether all that was published is counted. */
  readonly complete: boolean;
}

export interface Finding {
  readonly judged: Judged;
  /** It means something only if the figure was judged. */
  readonly holds: boolean;
  readonly value: number | null;
}

/** @param before the figure a week earlier; null unless the condition compares with it */
export function judge(rule: AlertRule, now: Figure, before: Figure | null): Finding {
  const { value } = now;
  const unjudged = (judged: Judged): Finding => ({ judged, holds: false, value });
  // These are always judged, because they tell what makes the others incomplete. A lag that nobody knows counts as the
  // longest.
  if (rule.metric === 'lag_ms' || rule.metric === 'dead_letters') {
    return { judged: 'ok', holds: holds(rule, value ?? Infinity, null), value };
  }
  if (!now.complete || before?.complete === false) return unjudged('incomplete');
  const figures = before === null ? [now] : [now, before];
  if (rule.metric === 'conversion_rate' && figures.some(({ clicks }) => clicks === 0 || clicks < rule.min_clicks)) {
    return unjudged('no_data');
  }
  if (value === null || (isRelative(rule.condition) && !before?.value)) return unjudged('no_data');
  return { judged: 'ok', holds: holds(rule, value, before?.value ?? null), value };
}

/** The comparison is strict: a figure that equals the threshold has not crossed it. */
function holds({ condition, threshold }: AlertRule, value: number, before: number | null): boolean {
  switch (condition) {
    case 'below':
      return value < threshold;
    case 'above':
      return value > threshold;
    case 'drops_by_pct':
      return before !== null && before - value > (before * threshold) / 100;
    case 'rises_by_pct':
      return before !== null && value - before > (before * threshold) / 100;
  }
}
