import type { Alert } from '../../../../../alerts/application/answers/alert.answer.js';
import { money, number, percent, t, type Word } from '../../language/language.js';
import { isOfNow, isRelative, type Metric, type Watched } from './kinds.js';

export const METRIC_WORDS: Readonly<Record<Metric, Word>> = {
  conversion_rate: 'rate',
  total_clicks: 'clicks',
  total_conversions: 'conversions',
  total_sales: 'sales',
  revenue: 'revenue',
  dead_letters: 'openLetters',
  lag_ms: 'lagShort',
};

/** `Conversions · signup`. */
export function metricText({ metric, currency, filter }: Pick<Watched, 'metric' | 'currency' | 'filter'>): string {
  return [t(METRIC_WORDS[metric]), currency, filter.label].filter(Boolean).join(' · ');
}

/** @param value null: not known, or nothing to count */
export function figureText({ metric, currency }: Pick<Watched, 'metric' | 'currency'>, value: Alert['value']): string {
  if (value === null) return metric === 'lag_ms' ? t('unknownFigure') : '–';
  switch (metric) {
    case 'conversion_rate':
      return percent(Number(value));
    case 'revenue':
      return money(String(value), currency ?? 'XXX');
    case 'lag_ms':
      return t('milliseconds', { n: number(Number(value)) });
    default:
      return number(Number(value));
  }
}

export const windowText = (period: Watched['period']): string =>
  typeof period === 'number' ? t('window_minutes', { n: number(period) }) : t(`window_${period}` as Word);

/** `below 5 %`. */
export function conditionText(rule: Watched): string {
  const { condition, threshold } = rule;
  const inPercent = isRelative(condition) || rule.metric === 'conversion_rate';
  const limit = inPercent ? `${number(Number(threshold))} %` : figureText(rule, threshold);
  return t(`condition_${condition}`, { limit });
}

/** `Conversion rate in the last hour`. */
export const watchedText = (rule: Watched): string =>
  isOfNow(rule.metric) ? metricText(rule) : t('whatIn', { what: metricText(rule), window: windowText(rule.period) });

/** Why a rule was not judged; null: it was. */
export function unjudgedText(rule: Watched, judged: Alert['judged'] | null): string | null {
  if (judged === null || judged === 'ok') return null;
  if (judged === 'incomplete') return t('notAllCounted');
  if (isRelative(rule.condition)) return t('noWeekBefore');
  return rule.metric === 'conversion_rate'
    ? t('fewClicks', { n: number(Math.max(1, rule.min_clicks)) })
    : t('noDataYet');
}
