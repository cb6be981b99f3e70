import type { QueryConfig } from 'pg';
import { OTHER_CLICK_SQL, PLACED_CLICK_SQL } from '../../../events/domain/clicks-of-page.js';
import { ofDevice, ofPage, type Parameter, type Question, within } from './page-conditions.js';
import { STORAGE_BOUNDS } from './storage-bounds.sql.js';

/**
 * The place of a click in its element is cut into so many parts in each direction. One more part stands for a click that
 * does not say its place.
 */
const PARTS = 10;
const NOWHERE = PARTS;
const PLACES = PARTS + 1;

/** The condition is needed because `least` ignores null, and alone would put a click without a place into the last part. */
const partOf = (axis: 'x' | 'y') =>
  `case when target ->> '${axis}' is null then ${NOWHERE} else least(floor((target ->> '${axis}')::float8 * ${PARTS})::int, ${PARTS - 1}) end`;
const middleOf = (part: string) => `(${part} + 0.5) / ${PARTS}`;

/**
 * One number, as in count-clicks.sql.ts, says where in the element the click was, whether it was above the fold (2: not
 * known), and whether it was fixed.
 */
const codeOf = (fold: string, fixed: string) =>
  `(((${partOf('y')}) * ${PLACES} + (${partOf('x')})) * 3 + ${fold}) * 2 + ${fixed}`;

/**
 * Counts which elements were hit, by whom, and where in them. No index holds this: the indexes of clicks find the rows,
 * which are then read from the table. They are read twice, because one grouping by element and session would have as many
 * groups as there are clicks.
 *
 * @param most elements that are shown
 */
export function countElements(question: Question, most: number): QueryConfig {
  const values: unknown[] = [];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const conditions = [
    within(question.window, parameter),
    ofPage(question, parameter),
    ofDevice(question, parameter),
  ].join(' and ');
  const clicks = (other: string, placed = other) => `
    select ${placed} from events where ${PLACED_CLICK_SQL} and ${conditions}
    union all
    select ${other} from events where ${OTHER_CLICK_SQL} and reaction is null and ${conditions}`;
  const hit = (fold: string, fixed: string) => `target ->> 'selector' as selector, ${codeOf(fold, fixed)} as code`;
  const fold = 'coalesce((y * document_height <= viewport_height)::int, 2)';
  const text = `
with grouped as materialized (
  select selector, code, count(*)::int as clicks
  from (${clicks(hit('2', '(x is not null)::int'), hit(fold, '0'))}) clicks
  group by selector, code
), spot as materialized (
  select selector, clicks, code % 2 = 1 as fixed, code / 2 % 3 as fold, code / 6 % ${PLACES} as x, code / ${6 * PLACES} as y from grouped
), element as materialized (
  select selector, sum(clicks) as clicks, coalesce(sum(clicks) filter (where fixed), 0) as fixed_clicks
  from spot where selector is not null group by selector
), shown as materialized (
  select * from element order by clicks desc, selector collate "C" limit ${parameter(most)}
), place as materialized (
  select selector, json_agg(json_build_object('x', ${middleOf('x')}, 'y', ${middleOf('y')}, 'clicks', clicks) order by y, x) as places
  from (
    select selector, x, y, sum(clicks) as clicks from spot
    where x < ${NOWHERE} and selector in (select selector from shown) group by 1, 2, 3
  ) places
  group by selector
)
select row_to_json(bounds) as bounds,
  (select coalesce(json_agg(json_build_object('selector', selector, 'clicks', clicks, 'fixed_clicks', fixed_clicks,
      'places', coalesce(places, '[]')) order by clicks desc, selector collate "C"), '[]')
    from shown left join place using (selector)) as elements,
  (select count(*)::float8 from element) as of_all,
  (select coalesce(sum(clicks), 0)::float8 from element) as clicks_of_all,
  (select coalesce(sum(clicks), 0)::float8 from spot where selector is null) as without_element,
  (select coalesce(sum(clicks), 0)::float8 from spot where fold = 1) as above_fold,
  (select coalesce(sum(clicks), 0)::float8 from spot where fold < 2) as with_fold,
  (select count(*)::float8 from (select session_id from (${clicks('session_id')}) clicks
    where session_id is not null group by session_id) sessions) as sessions
from (${STORAGE_BOUNDS}) bounds`;
  return { text, values };
}
