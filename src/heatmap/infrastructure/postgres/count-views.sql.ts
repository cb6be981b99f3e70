import type { QueryConfig } from 'pg';
import { INTERACTION_SQL } from '../../../events/domain/clicks-of-page.js';
import { TimeRange } from '../../../events/domain/time-range.js';
import { DEPTHS, READ_MS } from '../../domain/reach.js';
import { DEVICE_SQL, ofDevice, ofPage, type Parameter, type Question, within } from './page-conditions.js';
import { STORAGE_BOUNDS } from './storage-bounds.sql.js';

/**
 * Counts the views of a page by the class of their device and by how deep they were read. It fits the index of interactions,
 * and reads no row of the table.
 *
 * One pass groups the events of each view: when it began (its first `view` in the window), its greatest depth, and when it
 * last told a depth. `late` counts views that told one more than a day after they began. If there are any, this statement
 * does not know their depths, and `countLateViews` has to be asked.
 */
export function countViews(question: Question): QueryConfig {
  const values: unknown[] = [];
  const { told, depths } = parts(question, (value) => `$${values.push(value)}`);
  const text = `
with step as materialized (
  select device, width_bucket(depth, ${depths}) as step, last > began + ${READ} as late, count(*)::int as views
  from (${told}) told where began is not null group by 1, 2, 3
)
select row_to_json(bounds) as bounds, (select coalesce(sum(views) filter (where late), 0)::float8 from step) as late, ${STEPS} as steps
from (${STORAGE_BOUNDS}) bounds`;
  return { text, values };
}

/**
 * Counts the same if views told a depth after more than a day: it takes their depth from the events of that day alone. It
 * takes twice the time.
 */
export function countLateViews(question: Question): QueryConfig {
  const values: unknown[] = [];
  const { all, told, depths } = parts(question, (value) => `$${values.push(value)}`);
  const text = `
with told as materialized (${told}
), late as materialized (
  select view_id, max(scroll_depth) as depth
  from (select view_id, began from told where last > began + ${READ}) late
  join (select view_id, occurred_at, scroll_depth from events where ${all}) of_view using (view_id)
  where occurred_at <= began + ${READ} group by view_id
), step as materialized (
  select device, width_bucket(case when last > began + ${READ} then late.depth else told.depth end, ${depths}) as step, count(*)::int as views
  from told left join late using (view_id) where began is not null group by 1, 2
)
select row_to_json(bounds) as bounds, 0 as late, ${STEPS} as steps
from (${STORAGE_BOUNDS}) bounds`;
  return { text, values };
}

const READ = `interval '${READ_MS} milliseconds'`;
const STEPS = `(select coalesce(json_agg(json_build_array(device, step, views)), '[]') from step)`;

function parts(question: Question, parameter: Parameter) {
  const { start, end } = question.window;
  const all = `${INTERACTION_SQL} and ${ofPage(question, parameter)} and ${within(TimeRange.halfOpen(start, end + READ_MS), parameter)}`;
  const begins = `interaction = 'view' and ${within(question.window, parameter)} and ${ofDevice(question, parameter)}`;
  const told = `
  select view_id, min(occurred_at) filter (where ${begins}) as began, min(${DEVICE_SQL}) filter (where ${begins}) as device,
    max(scroll_depth) as depth, max(occurred_at) filter (where scroll_depth is not null) as last
  from events where ${all} group by view_id`;
  return { all, told, depths: `${parameter(DEPTHS)}::float8[]` };
}
