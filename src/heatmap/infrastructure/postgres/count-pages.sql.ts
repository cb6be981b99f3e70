import type { QueryConfig } from 'pg';
import { INTERACTION_SQL, OTHER_CLICK_SQL, PLACED_CLICK_SQL } from '../../../events/domain/clicks-of-page.js';
import type { TimeRange } from '../../../events/domain/time-range.js';
import { type Parameter, within } from './page-conditions.js';
import { STORAGE_BOUNDS } from './storage-bounds.sql.js';

/**
 * Counts the clicks of pages by their keys, from the three indexes alone. Only for pages that are shown, the address is read
 * from one of their events. Pages with equally many clicks at the end of the list are taken by their keys. Clicks of both
 * layers are grouped together, so that several processes share them (count-clicks.sql.ts says why); views come in the order of
 * their index, and those of a page are sorted, which takes less than to group by page and view.
 */
export function countPages(window: TimeRange, most: number): QueryConfig {
  const values: unknown[] = [];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const inside = within(window, parameter);
  const address = (kind: string) =>
    `(select page_url from events where ${kind} and page_key = top.page_key and ${inside} limit 1)`;
  const text = `
with clicked as materialized (
  select page_key, count(*)::float8 as clicks
  from (
    select page_key from events where ${PLACED_CLICK_SQL} and ${inside}
    union all
    select page_key from events where ${OTHER_CLICK_SQL} and reaction is null and ${inside}
  ) clicks
  group by page_key
), viewed as materialized (
  select page_key, count(distinct view_id)::float8 as views
  from events where ${INTERACTION_SQL} and interaction = 'view' and ${inside}
  group by page_key
), page as materialized (
  select page_key, coalesce(clicks, 0) as clicks, coalesce(views, 0) as views from clicked full join viewed using (page_key)
), top as materialized (
  select * from page order by clicks desc, page_key limit ${parameter(most)}
), named as materialized (
  select coalesce(${address(PLACED_CLICK_SQL)}, ${address(OTHER_CLICK_SQL)}, ${address(INTERACTION_SQL)}) as page_url, clicks, views
  from top
)
select row_to_json(bounds) as bounds,
  (select coalesce(json_agg(json_build_object('page_url', page_url, 'clicks', clicks, 'views', views)
    order by clicks desc, page_url collate "C"), '[]') from named) as pages,
  (select count(*)::float8 from page) as of_all,
  (select coalesce(sum(clicks), 0)::float8 from page) as clicks_of_all
from (${STORAGE_BOUNDS}) bounds`;
  return { text, values };
}
