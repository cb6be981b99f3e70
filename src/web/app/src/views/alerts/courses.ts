import type { Point } from '../../../../../metrics/application/answers/timeseries.answer.js';
import { get } from '../../api/client.js';
import { type Asked, useAnswer } from '../../api/use-answer.js';
import { countedType, isOfNow, isRelative, type Watched } from '../../parts/alerts/kinds.js';

const EVERY_MS = 60_000;
/** Each is a question of its own: rules beyond them show no course in the list. */
const MOST_FILTERS = 8;

/** The points of a day by the label of what they count. */
export type Days = ReadonlyMap<string, readonly Point[]>;

type Counted = Pick<Watched, 'metric' | 'filter'>;

const keyOf = ({ metric, filter: { label } }: Counted): string =>
  label === null ? '' : `${countedType(metric) ?? ''} ${label}`;

/** The last 24 hours of what these rules watch, by the hour. */
export function useDays(rules: readonly Counted[] | null): Asked<Days> {
  const watched = new Map((rules ?? []).filter(({ metric }) => !isOfNow(metric)).map((rule) => [keyOf(rule), rule]));
  const some = [...watched].slice(0, MOST_FILTERS);
  const question = rules === null ? null : JSON.stringify(some.map(([key]) => key));
  const ask = async (signal: AbortSignal) =>
    new Map(await Promise.all(some.map(async ([key, rule]) => [key, await dayOf(rule, signal)] as const)));
  return useAnswer(question, ask, EVERY_MS);
}

async function dayOf({ metric, filter: { label } }: Counted, signal: AbortSignal): Promise<readonly Point[]> {
  const filter = label === null ? {} : { event_type: countedType(metric), label };
  return (await get('/metrics/timeseries', { period: '24h', interval: 'hour', ...filter }, signal)).points;
}

export interface Course {
  /** Epoch milliseconds. */
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

/** The figure that a rule watches, in these points; null: its former values are not kept. */
export function courseOf(rule: Pick<Watched, 'metric' | 'currency' | 'filter'>, days: Days): Course | null {
  const points = isOfNow(rule.metric) ? undefined : days.get(keyOf(rule));
  if (points === undefined) return null;
  return {
    times: points.map(({ time }) => Date.parse(time)),
    values: points.map((point) => valueOf(rule, point)),
  };
}

/** Without clicks there is no rate. */
function valueOf({ metric, currency }: Pick<Watched, 'metric' | 'currency'>, point: Point): number | null {
  switch (metric) {
    case 'conversion_rate':
      return point.total_clicks === 0 ? null : point.conversion_rate;
    case 'revenue':
      return Number(point.revenue.find((one) => one.currency === currency)?.amount ?? 0);
    case 'dead_letters':
    case 'lag_ms':
      return null;
    default:
      return point[metric];
  }
}

/** The threshold of the rule on a course by the hour; null: it cannot be drawn there, such as that of a count in another window. */
export function limitOf({ metric, period, condition, threshold }: Watched): number | null {
  if (isRelative(condition)) return null;
  const byTheHour = period === '1h' || period === 60;
  return metric === 'conversion_rate' || byTheHour ? Number(threshold) : null;
}
