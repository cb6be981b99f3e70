import type { QueryConfig } from 'pg';
import type { TimeRange } from '../../../events/domain/time-range.js';
import { timestamp } from '../../../platform/postgres/timestamp.js';
import type { JourneyPlace, Room } from '../../application/journey-reader.port.js';
import { REST_BYTES } from './journey-row.js';

const time = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
/** A float of seconds is less than a hundredth of a millisecond off. (`extract` would compute in decimals.) */
const ms = (column: string) => `round(date_part('epoch', ${column}) * 1000)`;
const decimal = (amount: string) => `round(${amount}, greatest(2, min_scale(${amount})))::text`;
const IN_ORDER = 'occurred_at, event_key, event_type';
const BOUNDS = `(select ${ms('retention_floor')} as retention_floor, ${ms('fine_horizon')} as fine_horizon from storage_bounds) bounds`;
/** Only the first row holds it: to send, read and drop a value 200 times takes a tenth of a millisecond. */
const once = (column: string) => `case when nth > 1 then null else ${column} end as ${column}`;
const BOUNDS_ONCE = `${once('retention_floor')}, ${once('fine_horizon')}`;
/** By session, and in it by event. */
const PLACE = `started_at, first_key, first_type, ${IN_ORDER}`;

/**
 * Selects the first events of one person in order, a row for each, or one without an event; the first row alone holds the bounds
 * of storage. It reads no more events than it answers.
 *
 * Fits (user_id, occurred_at, event_key).
 */
export const firstEvents = (userId: string, { start, end }: TimeRange, limit: number): QueryConfig => ({
  name: 'journey-first',
  text: `
select ${BOUNDS_ONCE}, ${ms('occurred_at')} as occurred_at, event_type, event_id, session_id, page_url, interaction, reaction, conversion_type,
  ${decimal('amount')} as amount, currency
from ${BOUNDS}
left join (
  select *, row_number() over (order by ${IN_ORDER}) as nth
  from events where user_id = $1 and occurred_at >= $2::timestamptz and occurred_at < $3::timestamptz
  order by nth
  limit $4
) mine on true
order by nth`,
  values: [userId, timestamp(start), timestamp(end), limit],
});

/**
 * Selects a page of one person's events by session, and the summary of all of them, from one snapshot: a row for each event,
 * or one without an event; the first row alone holds the bounds and the summary. (JSON built by PostgreSQL took more than half of the
 * statement's time, and a summary in each row a seventh.) What a page has no room for stays in PostgreSQL. There are two
 * statements, one with a cursor and one without, whose texts never change. So their plan over all weeks is made once (over 60
 * weeks planning takes longer than the answer).
 *
 * Fits (user_id, occurred_at, event_key). A session is a session_id, or a run of events without one; `begins` marks an event
 * that comes more than 30 minutes after the last of these.
 */
export function journeyPage(
  userId: string,
  { start, end }: TimeRange,
  after: JourneyPlace | null,
  { limit, bytes }: Room,
): QueryConfig {
  const values: unknown[] = [userId, timestamp(start), timestamp(end), limit, bytes];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const beyond = after
    ? `where (${PLACE}) >
      (${[after.session, after.event].map((place) => `${parameter(timestamp(place.occurredAt))}::timestamptz, ${parameter(place.eventKey)}::uuid, ${parameter(place.eventType)}::text`).join(', ')})`
    : '';
  const text = `
with mine as materialized (
  select event_key, event_id, event_type, occurred_at, session_id, page_url, interaction, reaction, conversion_type, amount, currency
  from events where user_id = $1 and occurred_at >= $2::timestamptz and occurred_at < $3::timestamptz
), marked as (
  select *, case when session_id is null
    and occurred_at - lag(occurred_at) over (partition by session_id order by ${IN_ORDER}) > interval '30 minutes' then 1 else 0 end as begins
  from mine
), named as materialized (
  select *, coalesce('s' || session_id, 'n' || sum(begins) over (partition by session_id order by ${IN_ORDER})) as session
  from marked
), sessions as materialized (
  select session, count(*)::float8 as total_events, min(occurred_at) as started_at, max(occurred_at) as ended_at,
    (array_agg(event_key order by ${IN_ORDER}))[1] as first_key, (array_agg(event_type order by ${IN_ORDER}))[1] as first_type,
    (array_agg(page_url order by ${IN_ORDER}) filter (where page_url is not null))[1] as entry_page,
    (array_agg(page_url order by occurred_at desc, event_key desc, event_type desc) filter (where page_url is not null))[1] as exit_page
  from named group by session
), first_ones as (
  select * from named join sessions using (session) ${beyond}
  order by ${PLACE}
  limit $4 + 1
), page as (
  select *, row_number() over place as nth, count(*) over ()::float8 as found,
    sum(${REST_BYTES} + ${['page_url', 'entry_page', 'exit_page'].map((page) => `coalesce(octet_length(${page}), 0)`).join(' + ')}) over place as bytes
  from first_ones
  window place as (order by ${PLACE} rows unbounded preceding)
)
select ${BOUNDS_ONCE}, ${once('summary')},
  ${ms('started_at')} as started_at, first_key, first_type, ${ms('ended_at')} as ended_at, total_events, entry_page, exit_page,
  ${ms('occurred_at')} as occurred_at, event_key, event_type, event_id, session_id, page_url, interaction, reaction, conversion_type,
  ${decimal('amount')} as amount, currency, found
from ${BOUNDS}
cross join (
  select json_build_object(
    'first_seen', ${time('min(occurred_at)')}, 'last_seen', ${time('max(occurred_at)')},
    'total_sessions', (select count(*) from sessions), 'total_events', count(*),
    'total_clicks', count(*) filter (where event_type = 'click' and reaction is null and interaction is null),
    'total_votes', count(reaction), 'total_views', count(*) filter (where interaction = 'view'),
    'total_scrolls', count(*) filter (where interaction = 'scroll'),
    'total_conversions', count(*) filter (where event_type = 'conversion'),
    'total_sales', count(*) filter (where event_type = 'sale'),
    'revenue', (select coalesce(json_agg(json_build_object('currency', currency, 'sales', sales, 'amount', ${decimal('total')}) order by currency collate "C"), '[]')
      from (select currency, count(*) as sales, coalesce(sum(amount), 0) as total from mine where event_type = 'sale' group by currency) revenue))::text as summary
  from mine
) figures
left join page on nth = 1 or bytes <= $5
order by nth`;
  return { name: after ? 'journey-after' : 'journey', text, values };
}
