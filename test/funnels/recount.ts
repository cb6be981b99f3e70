import type { Row } from '../support/record-rows.js';

/** Every chain that can be made, one by one: nothing here knows SQL, or a rule by which some need not be looked at. */
export interface Question {
  readonly steps: string;
  readonly by: 'user' | 'session';
  readonly withinMs: number;
  readonly page_url?: string;
  readonly from: number;
  readonly to: number;
  readonly now: number;
}

const at = (row: Row) => Number(row.timestamp);

export function matches(row: Row, step: string): boolean {
  const decoded = decodeURIComponent(step);
  const isClick = row.event_type === 'click' && row.reaction === undefined && row.interaction === undefined;
  if (decoded.startsWith('click@')) return isClick && row.url === decoded.slice(6);
  if (decoded.startsWith('view@')) return row.interaction === 'view' && row.url === decoded.slice(5);
  if (decoded.startsWith('conversion:')) {
    return row.event_type === 'conversion' && row.conversion_type === decoded.slice(11);
  }
  return decoded === 'click' ? isClick : row.event_type === decoded;
}

const starts = (row: Row, steps: readonly string[], { from, to, page_url }: Question) =>
  matches(row, steps[0]!) && at(row) > from && at(row) <= to && (page_url === undefined || row.url === page_url);

/** The longest chain that goes on from these events, the earliest of the longest. */
function longest(chain: readonly Row[], rows: readonly Row[], steps: readonly string[], withinMs: number): number[] {
  let best = chain.map(at);
  if (chain.length === steps.length) return best;
  for (const row of rows) {
    if (chain.includes(row) || !matches(row, steps[chain.length]!)) continue;
    if (at(row) < at(chain.at(-1)!) || at(row) > at(chain[0]!) + withinMs) continue;
    const found = longest([...chain, row], rows, steps, withinMs);
    if (isBetter(found, best)) best = found;
  }
  return best;
}

function isBetter(one: readonly number[], other: readonly number[]): boolean {
  if (one.length !== other.length) return one.length > other.length;
  const differs = one.findIndex((time, n) => time !== other[n]);
  return differs >= 0 && one[differs]! < other[differs]!;
}

const rank = (sorted: readonly number[], share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? null;
const rate = (part: number, whole: number) => (whole === 0 ? 0 : Math.round((part * 10_000) / whole) / 100);

export function funnel(rows: readonly Row[], question: Question) {
  const steps = question.steps.split(',');
  const subjectOf = (row: Row) => (question.by === 'user' ? row.user_id : row.session_id) ?? null;
  const subjects = [...new Set(rows.map(subjectOf))].filter((subject) => subject !== null);
  const chains = subjects.flatMap((subject) => {
    // What lies before the window cannot be a step either: every step comes after a start.
    const mine = rows.filter((row) => subjectOf(row) === subject && at(row) > question.from);
    const all = mine
      .filter((row) => starts(row, steps, question))
      .map((start) => longest([start], mine, steps, question.withinMs));
    return all.length === 0 ? [] : [all.reduce((best, one) => (isBetter(one, best) ? one : best))];
  });
  const counts = steps.map((_, n) => chains.filter(({ length }) => length > n).length);
  return {
    steps: steps.map((step, n) => {
      const times = chains
        .filter(({ length }) => length > n)
        .map((chain) => chain[n]! - chain[n - 1]!)
        .sort((a, b) => a - b);
      return {
        step,
        count: counts[n],
        rate_from_previous: n === 0 ? null : rate(counts[n]!, counts[n - 1]!),
        rate_from_first: rate(counts[n]!, counts[0]!),
        median_ms: n === 0 ? null : rank(times, 0.5),
        p90_ms: n === 0 ? null : rank(times, 0.9),
      };
    }),
    excluded: rows.filter(
      (row) =>
        subjectOf(row) === null &&
        at(row) > question.from &&
        at(row) <= question.to &&
        (starts(row, steps, question) || steps.slice(1).some((step) => matches(row, step))),
    ).length,
    maturing: chains.filter(([start]) => start! > question.now - question.withinMs).length,
  };
}
