import type { Report, ReportName } from '../../api/reports.js';
import { clock, language, t, type Word } from '../../language/language.js';

type Window = Report['window'];

/** First and last day: a window is `(from, to]`, of whole days. */
const daysOf = ({ from, to }: Window): readonly [Date, Date] => [new Date(Date.parse(from) + 1), new Date(to)];

const LONG = { day: 'numeric', month: 'long', year: 'numeric' } as const;

/** `Wednesday, 25 November 2026`, `16 – 22 November 2026`, `October 2026`. */
export function windowText(report: ReportName, window: Window, timeZone: string): string {
  const [first, last] = daysOf(window);
  switch (report) {
    case 'daily':
      return new Intl.DateTimeFormat(language, { ...LONG, weekday: 'long', timeZone }).format(first);
    case 'weekly':
      return new Intl.DateTimeFormat(language, { ...LONG, timeZone }).formatRange(first, last);
    case 'monthly':
      return new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone }).format(first);
  }
}

export function titleOf(report: ReportName, window: Window, timeZone: string): string {
  const text = windowText(report, window, timeZone);
  return report === 'weekly' ? t('reportOfWeek', { range: text }) : text.charAt(0).toUpperCase() + text.slice(1);
}

const BEFORE: Readonly<Record<ReportName, Word>> = { daily: 'dayBefore', weekly: 'weekBefore', monthly: 'monthBefore' };
export const beforeText = (report: ReportName): string => t(BEFORE[report]);

/** Names an hour of a day, or a day of a week or month. @param short below its bar */
export function partText(report: ReportName, time: string, timeZone: string, short: boolean): string {
  const at = new Date(time);
  if (report === 'daily') {
    if (!short) return clock(time, timeZone);
    return new Intl.DateTimeFormat(language, { hour: 'numeric', hourCycle: 'h23', timeZone }).format(at);
  }
  if (!short)
    return new Intl.DateTimeFormat(language, { weekday: 'short', day: 'numeric', month: 'short', timeZone }).format(at);
  return report === 'weekly'
    ? new Intl.DateTimeFormat(language, { weekday: 'short', timeZone }).format(at)
    : new Intl.DateTimeFormat(language, { day: 'numeric', timeZone }).format(at);
}

/** `weekly-2026-11-16.csv`: by its first day. */
export function fileOf({ report, window, tz }: Report): string {
  const format = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: tz });
  return `${report}-${format.format(daysOf(window)[0])}.csv`;
}
