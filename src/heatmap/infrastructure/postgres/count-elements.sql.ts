import type { QueryConfig } from 'pg';
import { OTHER_CLICK_SQL, PLACED_CLICK_SQL } from '../../../events/domain/clicks-of-page.js';
import { ofDevice, ofPage, type Parameter, type Question, within } from './page-conditions.js';
import { STORAGE_BOUNDS } from './storage-bounds.sql.js';

/** Parts of an element in each direction, for the places of its clicks. */
const PARTS = 10;

/** Null where the click does not say it: `least` alone would make the last part of it. */
const partOf = (axis: 'x' | 'y') =>
  `case when target ? '${axis}' then least(floor((target ->> '${axis}')::float8 * ${PARTS})::int, ${PARTS - 1}) end`;
const middleOf = (part: string) => `(${part} + 0.5) / ${PARTS}`;

/**
 * What was hit, by whom and where in it. No index holds it: the rows are found by the indexes of clicks and then read from the table,
 * twice, since one grouping by element and session would be as long as the clicks are many.
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
  const clicks = (columns: string, placedColumns = columns) => `
    select ${placedColumns} from events where ${PLACED_CLICK_SQL} and ${conditions}
    union all
    select ${columns} from events where ${OTHER_CLICK_SQL} and reaction is null and ${conditions}`;
  const hit = (fixed: string, fold: string) =>
    `target ->> 'selector' as selector, ${fixed} as fixed, ${partOf('x')} as x, ${partOf('y')} as y, ${fold} as above_fold`;
  const fold = 'y * document_height <= viewport_height';
  const text = `
with spot as materialized (
  select selector, fixed, x, y, above_fold, count(*)::int as clicks
  from (${clicks(hit('x is not null', 'null::boolean'), hit('false', fold))}) clicks
  group by 1, 2, 3, 4, 5
), element as materialized (
  select selector, sum(clicks) as clicks, coalesce(sum(clicks) filter (where fixed), 0) as fixed_clicks
  from spot where selector is not null group by selector
), shown as materialized (
  select * from element order by clicks desc, selector collate "C" limit ${parameter(most)}
), place as (
  select selector, x, y, sum(clicks) as clicks from spot where x is not null group by 1, 2, 3
)
select row_to_json(bounds) as bounds,
  (select coalesce(json_agg(json_build_object('selector', selector, 'clicks', clicks, 'fixed_clicks', fixed_clicks, 'places', (
      select coalesce(json_agg(json_build_object('x', ${middleOf('x')}, 'y', ${middleOf('y')}, 'clicks', clicks) order by y, x), '[]')
      from place where place.selector = shown.selector
    )) order by clicks desc, selector collate "C"), '[]') from shown) as elements,
  (select count(*)::float8 from element) as of_all,
  (select coalesce(sum(clicks), 0)::float8 from element) as clicks_of_all,
  (select coalesce(sum(clicks), 0)::float8 from spot where selector is null) as without_element,
  (select coalesce(sum(clicks), 0)::float8 from spot where above_fold) as above_fold,
  (select coalesce(sum(clicks), 0)::float8 from spot where above_fold is not null) as with_fold,
  (select count(*)::float8 from (select session_id from (${clicks('session_id')}) clicks
    where session_id is not null group by session_id) sessions) as sessions
from (${STORAGE_BOUNDS}) bounds`;
  return { text, values };
}
