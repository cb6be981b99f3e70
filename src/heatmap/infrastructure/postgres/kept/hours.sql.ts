import type { QueryConfig } from 'pg';
import { HOUR_MS } from '../../../../events/domain/calendar.js';
import { INTERACTION_SQL, OTHER_CLICK_SQL, PLACED_CLICK_SQL } from '../../../../events/domain/clicks-of-page.js';
import type { TimeRange } from '../../../../events/domain/time-range.js';
import type { Grid } from '../../../domain/grid.js';
import { DEVICE_SHIFT, NO_STEP, STEP_SHIFT, VIEW_SHIFT } from '../../../domain/packed-views.js';
import { DEPTHS } from '../../../domain/reach.js';
import { otherClick, placedClick } from '../count-clicks.sql.js';
import { DEVICE_SQL, ofPage, type Parameter, type Question, within } from '../page-conditions.js';
import { STORAGE_BOUNDS } from '../storage-bounds.sql.js';

/** The one row of the answer. Hours are numbered from the epoch. */
export interface HoursRow {
  /** In what all proofs hold: this start of PostgreSQL, and no change of facts beside recording. Null: nothing can be proven. */
  readonly era: string | null;
  /** Each hour that has counts has one. */
  readonly proofs: readonly (readonly [hour: number, proof: string])[];
  /** They hold what the spans have of each hour, in words of 32 bits as 8 hexadecimal digits. */
  readonly packed: readonly (readonly [hour: number, words: string])[];
}

/** The clicks of spans as numbers (packed-clicks.ts), of all devices. */
export const clicksOfHours = (question: Question, grid: Grid, spans: readonly TimeRange[]): QueryConfig =>
  hours(question, spans, 'int4send(packed)', [
    [PLACED_CLICK_SQL, `${placedClick(grid)} as packed`],
    [`${OTHER_CLICK_SQL} and reaction is null`, `${otherClick(grid)} as packed`],
  ]);

/**
 * The views and scrolls of spans, four words each (packed-views.ts).
 *
 * @param seeds of the two hashes of a `view_id`, so that nobody can make two ids that collide
 */
export function viewsOfHours(
  question: Question,
  seeds: readonly [string, string],
  spans: readonly TimeRange[],
): QueryConfig {
  const [one, other] = seeds.map((seed) => `hashtextextended(view_id, '${seed}'::bigint)`);
  const step = `coalesce(width_bucket(scroll_depth, '{${DEPTHS.join(',')}}'::float8[]), ${NO_STEP})`;
  const rest = `(((interaction = 'view')::int << ${VIEW_SHIFT}) + (${DEVICE_SQL} << ${DEVICE_SHIFT}) + (${step} << ${STEP_SHIFT}))`;
  return hours(question, spans, `int8send(one) || int8send((other << 32) + rest + ms % ${HOUR_MS})`, [
    [INTERACTION_SQL, `${one} as one, ${other} as other, ${rest} as rest`],
  ]);
}

/** Epoch milliseconds. Epochs of this size are exact to the microsecond in a double, and many times faster than as numeric. */
const MS = `round(date_part('epoch', occurred_at) * 1000)::bigint`;

/**
 * Reads spans of facts by the hour, and for each hour of the window a proof, all in one snapshot. Every recording of an event
 * raises a count of its quarter-hour in the same transaction, and so gives that row a transaction (`xmin`) and a number that
 * it never had together. So if two snapshots have equal proofs of an hour in one era, they hold the same clicks of the hour,
 * of whatever page. Fits the indexes of page clicks, and the primary key of the counts.
 */
function hours(
  question: Question,
  spans: readonly TimeRange[],
  bytes: string,
  kinds: readonly (readonly [condition: string, columns: string])[],
): QueryConfig {
  const values: unknown[] = [];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const page = ofPage(question, parameter);
  const facts = spans.flatMap((span) => {
    const inside = within(span, parameter);
    return kinds.map(
      ([kind, columns]) => `select ${MS} as ms, ${columns} from events where ${kind} and ${page} and ${inside}`,
    );
  });
  const text = `
with read as materialized (
  select (ms / ${HOUR_MS})::int as hour, encode(string_agg(${bytes}, ''::bytea), 'hex') as words
  from (${facts.join('\n    union all\n    ')}) facts
  group by 1
), proven as materialized (
  select (round(date_part('epoch', bucket) * 1000)::bigint / ${HOUR_MS})::int as hour, sum(hashtextextended(xmin::text, n))::text as proof
  from event_counts_15m
  where event_type = 'click' and ${within(question.window, parameter).replaceAll('occurred_at', 'bucket')}
  group by 1
)
select row_to_json(bounds) as bounds,
  (select date_part('epoch', pg_postmaster_start_time())::text || ' ' || changes from fact_changes) as era,
  (select coalesce(json_agg(json_build_array(hour, proof)), '[]') from proven) as proofs,
  (select coalesce(json_agg(json_build_array(hour, words)), '[]') from read) as packed
from (${STORAGE_BOUNDS}) bounds`;
  return { text, values };
}
