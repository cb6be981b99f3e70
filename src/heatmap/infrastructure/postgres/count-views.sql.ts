import type { QueryConfig } from 'pg';
import { INTERACTION_SQL } from '../../../events/domain/clicks-of-page.js';
import { DAY_MS } from '../../../events/domain/calendar.js';
import { TimeRange } from '../../../events/domain/time-range.js';
import { DEPTHS } from '../../domain/reach.js';
import { DEVICE_SQL, ofDevice, ofPage, type Parameter, type Question, within } from './page-conditions.js';
import { STORAGE_BOUNDS } from './storage-bounds.sql.js';

/** For how long a view can say that it was read further. */
const READ_MS = DAY_MS;

/**
 * Views of one page, by how deep they were read. Fits the index of interactions, without a look at the table.
 *
 * One pass groups the events of each view: when it began (its first `view` in the window), its greatest depth and when it last told
 * one. Only where that was more than a day after its beginning, which is rare, its depth is taken again from the rows of that day; where
 * there is none such, the join has nothing to do.
 */
export function countViews(question: Question): QueryConfig {
  const values: unknown[] = [];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const { start, end } = question.window;
  const read = `interval '${READ_MS} milliseconds'`;
  const all = `${INTERACTION_SQL} and ${ofPage(question, parameter)} and ${within(TimeRange.halfOpen(start, end + READ_MS), parameter)}`;
  const begins = `interaction = 'view' and ${within(question.window, parameter)} and ${ofDevice(question, parameter)}`;
  const text = `
with told as materialized (
  select view_id, min(occurred_at) filter (where ${begins}) as began, min(${DEVICE_SQL}) filter (where ${begins}) as device,
    max(scroll_depth) as depth, max(occurred_at) filter (where scroll_depth is not null) as last
  from events where ${all} group by view_id
), late as materialized (
  select view_id, began from told where last > began + ${read}
), late_depth as materialized (
  select view_id, max(scroll_depth) as depth
  from late join (select view_id, occurred_at, scroll_depth from events where ${all}) of_view using (view_id)
  where occurred_at <= began + ${read} group by view_id
), viewed as materialized (
  select device, case when last > began + ${read} then late_depth.depth else told.depth end as depth
  from told left join late_depth using (view_id) where began is not null
), steps as materialized (
  select device, width_bucket(depth, ${parameter(DEPTHS)}::float8[]) as step, count(*) as views from viewed group by 1, 2
)
select row_to_json(bounds) as bounds,
  (select coalesce(json_agg(json_build_array(device, step, views)), '[]') from steps) as steps
from (${STORAGE_BOUNDS}) bounds`;
  return { text, values };
}
