import { DAY_MS, HOUR_MS } from '../../events/domain/calendar.js';

const UNITS = { m: 60_000, h: HOUR_MS, d: DAY_MS } as const;
export const MOST_WITHIN_MS = 90 * DAY_MS;
export const WITHIN_FORM = '^[1-9]\\d{0,5}[mhd]$';

/** `30m`, `24h`, `7d` in milliseconds; null: no such length, or longer than 90 days. */
export function withinOf(text: string): number | null {
  if (!new RegExp(WITHIN_FORM).test(text)) return null;
  const ms = Number(text.slice(0, -1)) * UNITS[text.slice(-1) as keyof typeof UNITS];
  return ms <= MOST_WITHIN_MS ? ms : null;
}
