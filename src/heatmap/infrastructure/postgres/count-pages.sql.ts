import type { QueryConfig } from 'pg';
import { INTERACTION_SQL, OTHER_CLICK_SQL, PLACED_CLICK_SQL } from '../../../events/domain/clicks-of-page.js';
import type { TimeRange } from '../../../events/domain/time-range.js';
import { type Parameter, within } from './page-conditions.js';
import { STORAGE_BOUNDS } from './storage-bounds.sql.js';

/**
 * Counts the clicks of pages by their keys, from the three indexes alone. Only for pages that are shown, the address is read
 * from one of their events. Pages with equally many clicks at the end of the list are taken by their keys.
 *
 * Each index is grouped by a question of its own, so that several processes share it and go through it in its order. In one union
 * a single process grouped nine of ten million clicks, and took twice as long. Views are counted in two halves, which a hash of
 * their ids tells apart: so each process sorts and counts its half page by page, and hands over counts in place of views.
 */
export function countPages(window: TimeRange, most: number): QueryConfig {
  const values: unknown[] = [];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const inside = within(window, parameter);
  const address = (kind: string) =>
    `(select page_url from events where ${kind} and page_key = top.page_key and ${inside} limit 1)`;
  const views = (half: string) => `
  select page_key, count(distinct view_id) as views
  from events where ${INTERACTION_SQL} and interaction = 'view' and ${inside} and ${half}
  group by page_key`;
  const text = `
with placed as materialized (
  select page_key, count(*) as clicks from events where ${PLACED_CLICK_SQL} and ${inside} group by page_key
), other as materialized (
  select page_key, count(*) as clicks from events where ${OTHER_CLICK_SQL} and reaction is null and ${inside} group by page_key
), viewed as materialized (
  select page_key, sum(views) as views
  from (${views('hashtext(view_id) < 0')} union all ${views('hashtext(view_id) >= 0')}) halves
  group by page_key
), page as materialized (
  select page_key, sum(clicks)::float8 as clicks, sum(views)::float8 as views
  from (
    select page_key, clicks, 0 as views from placed
    union all
    select page_key, clicks, 0 from other
    union all
    select page_key, 0, views from viewed
  ) counts
  group by page_key
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
