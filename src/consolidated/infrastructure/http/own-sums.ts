import { Compile } from 'typebox/compile';
import { MetricsEntry } from '../../application/answers/items.answer.js';
import { isDeep, MOST_LEVELS } from './listed-items.js';

const entry = Compile(MetricsEntry);

/**
 * The sums that the service of metrics makes of its posts, as `dashboard`. Null: there is no entry `totals`, or one has the
 * wrong shape.
 */
export function ownSums(answer: unknown): readonly MetricsEntry[] | null {
  const { dashboard } = (answer ?? {}) as { dashboard?: unknown };
  if (!Array.isArray(dashboard)) return null;
  const fits = (one: unknown): one is MetricsEntry => entry.Check(one) && !isDeep(one, MOST_LEVELS);
  return dashboard.every(fits) && dashboard.some(({ metric }) => metric === 'totals') ? dashboard : null;
}
