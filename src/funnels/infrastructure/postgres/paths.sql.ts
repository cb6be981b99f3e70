import type { QueryConfig } from 'pg';
import { pageKeyOf } from '../../../events/domain/page-key.js';
import type { TimeRange } from '../../../events/domain/time-range.js';
import { timestamp } from '../../../platform/postgres/timestamp.js';
import type { Direction } from '../../application/paths-reader.port.js';

/**
 * Finds the sessions that visited the page, each once, and the pages that they visited next. For the sessions it fits the
 * index of clicks by (page_key, occurred_at). It finds their other events by a pass over the window, because no index leads
 * to a session.
 *
 * `step0`, `step1`, … are the paths of this many steps: the most frequent branches of those that were kept before. An
 * address may have kilobytes, so of each path only the last page is sent, with the number of the path that it prolongs.
 */
export function paths(
  pageUrl: string,
  direction: Direction,
  { start, end }: TimeRange,
  most: { readonly steps: number; readonly branches: number },
): QueryConfig {
  const values = [timestamp(start), timestamp(end), String(pageKeyOf(pageUrl)), pageUrl, most.steps, most.branches];
  const visit = `occurred_at >= $1::timestamptz and occurred_at < $2::timestamptz and event_type = 'click' and reaction is null
    and (interaction is null or interaction = 'view')`;
  const onPage = `${visit} and page_key = $3::bigint and page_url = $4`;
  const order = direction === 'from' ? 'asc' : 'desc';
  const levels = Array.from({ length: most.steps }, (_, n) => n + 1).map(
    (step) => `
), step${step} as (
  select pages, sessions, ended, branches
  from (
    select path[1:${step + 1}] as pages, count(*) as sessions, count(*) filter (where cardinality(path) = ${step + 1}) as ended,
      ${step === most.steps ? '0' : `count(distinct path[${step + 2}] collate "C")`} as branches,
      row_number() over (partition by path[1:${step}] order by count(*) desc, path[${step + 1}] collate "C") as nth
    from walked where cardinality(path) > ${step} and path[1:${step}] in (select pages from step${step - 1})
    group by path[1:${step}], path[1:${step + 1}], path[${step + 1}]
  ) counted
  where nth <= $6`,
  );
  const text = `
with visitors as (
  select distinct session_id from events where ${onPage} and session_id is not null
), visits as (
  select session_id, page_url, occurred_at, event_key, interaction,
    bool_or(interaction is not null) over (partition by session_id) as has_views
  from events where ${visit} and page_url is not null and session_id in (select session_id from visitors)
), walks as (
  select session_id, page_url, row_number() over walk as nth, lag(page_url) over walk as before
  from visits where not has_views or interaction is not null
  window walk as (partition by session_id order by occurred_at ${order}, event_key ${order})
), pages as (
  select session_id, page_url, nth, min(nth) filter (where page_url = $4) over (partition by session_id) as root_at
  from walks where before is distinct from page_url
), beyond as (
  select session_id, page_url, row_number() over (partition by session_id order by nth) as nth
  from pages where nth >= root_at
), walked as materialized (
  select array_agg(page_url order by nth) as path from beyond where nth <= $5 + 1 group by session_id
), step0 as (
  select path[1:1] as pages, count(*) as sessions, count(*) filter (where cardinality(path) = 1) as ended,
    count(distinct path[2] collate "C") as branches
  from walked group by 1${levels.join('')}
), tree as (
  ${Array.from({ length: most.steps + 1 }, (_, step) => `select * from step${step}`).join(' union all ')}
), numbered as materialized (
  select *, row_number() over (order by cardinality(pages), sessions desc, pages collate "C") - 1 as id from tree
)
select (
    select coalesce(json_agg(json_build_object('parent', parent.id, 'page', path.pages[cardinality(path.pages)],
      'sessions', path.sessions, 'ended', path.ended, 'branches', path.branches) order by path.id), '[]')
    from numbered path left join numbered parent on parent.pages = path.pages[1:cardinality(path.pages) - 1]
  ) as paths,
  (select count(*)::float8 from events where ${onPage} and session_id is null) as excluded,
  extract(epoch from retention_floor)::float8 * 1000 as retention_floor, extract(epoch from fine_horizon)::float8 * 1000 as fine_horizon
from storage_bounds`;
  return { text, values };
}
