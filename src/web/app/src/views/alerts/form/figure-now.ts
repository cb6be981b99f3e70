import type { Metrics } from '../../../../../../metrics/application/answers/metrics.answer.js';
import { get } from '../../../api/client.js';
import { useAnswer } from '../../../api/use-answer.js';
import { countedType, isOfNow, isRelative } from '../../../parts/alerts/kinds.js';
import type { RuleBody } from './draft.js';

const EVERY_MS = 15_000;
const MINUTE_MS = 60_000;
const LONGEST_MINUTES = 10_080;

export interface FigureNow {
  readonly value: number | string | null;
  /** The change against the same window a week before, percent; null: there was nothing then, or nothing is compared. */
  readonly change: number | null;
}

/** The figure by which a rule would be judged now; null: it is not known, or its window is wrong. */
export function useFigureNow(rule: RuleBody): FigureNow | null {
  const { metric, currency, filter, period, condition } = rule;
  const known = isOfNow(metric) || typeof period !== 'number' || (period >= 1 && period <= LONGEST_MINUTES);
  const question =
    known && typeof period !== 'object' ? JSON.stringify([metric, currency, filter, period, condition]) : null;
  return useAnswer(question, (signal) => figureNow(rule, signal), EVERY_MS).data;
}

async function figureNow({ metric, currency, filter: { label }, period, condition }: RuleBody, signal: AbortSignal) {
  if (metric === 'dead_letters') return { value: (await get('/dead-letters/counts', {}, signal)).open, change: null };
  const window =
    typeof period === 'number' ? { from: new Date(Date.now() - period * MINUTE_MS).toISOString() } : { period };
  const filters = label === null ? {} : { event_type: countedType(metric), label };
  const compare = isRelative(condition) ? 'week' : null;
  const metrics = await get('/metrics', { ...window, ...filters, compare }, signal);
  return { value: valueOf(metric, currency, metrics), change: changeOf(metric, currency, metrics) };
}

function valueOf(metric: RuleBody['metric'], currency: string | null, metrics: Metrics): number | string | null {
  if (metric === 'revenue') return metrics.revenue.find((one) => one.currency === currency)?.amount ?? '0.00';
  return metric === 'dead_letters' ? null : metrics[metric];
}

function changeOf(metric: RuleBody['metric'], currency: string | null, { comparison }: Metrics): number | null {
  const changes = comparison?.changes;
  if (changes === undefined) return null;
  if (metric === 'revenue') return changes.revenue.find((one) => one.currency === currency)?.percent ?? null;
  return metric === 'dead_letters' || metric === 'lag_ms' ? null : (changes[metric]?.percent ?? null);
}
