import { Compile } from 'typebox/compile';
import { MetricsEntry } from '../../application/answers/items.answer.js';
import { MOST_LEVELS } from './listed-items.js';

/** Sums have a few entries. Those of a longer text are not looked at: as objects it might take far more memory. */
const LONGEST = 262_144;

const entry = Compile(MetricsEntry);

/**
 * The sums that the service of metrics makes of its posts.
 *
 * @param json as the service wrote them; null: it makes none
 * @returns null if there is no entry `totals`, or if one has the wrong shape
 */
export function ownSums(json: string | null): readonly MetricsEntry[] | null {
  if (json === null || json.length > LONGEST) return null;
  const sums: unknown = JSON.parse(json);
  if (!Array.isArray(sums)) return null;
  const fits = (one: unknown): one is MetricsEntry => entry.Check(one) && !isDeep(one, MOST_LEVELS);
  return sums.every(fits) && sums.some(({ metric }) => metric === 'totals') ? sums : null;
}

/** Whether a value nests deeper than so many levels. */
function isDeep(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((one) => isDeep(one, levels - 1));
}
