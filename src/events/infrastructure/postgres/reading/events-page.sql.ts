import type { QueryConfig } from 'pg';
import type { EventFilter, SliceRequest } from '../../../application/events-reader.port.js';
import { INTERACTION_SQL, OTHER_CLICK_SQL, PLACED_CLICK_SQL } from '../../../domain/clicks-of-page.js';
import { EVENT_LABEL_SQL } from '../../../domain/counts/count-label.js';
import type { TimeRange } from '../../../domain/time-range.js';
import { pageKeyOf } from '../../../domain/page-key.js';
import { timestamp } from '../../../../platform/postgres/timestamp.js';

/** Rows become the view here; `event_key` is for the position alone. */
const view = (json: (column: string) => string) => `
  event_key, event_id, event_type, user_id, session_id, page_url as url, page_url,
  to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as occurred_at,
  to_char(received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as received_at,
  x, y, viewport_width, viewport_height, scroll_y, user_agent, reaction, conversion_type,
  round(amount, greatest(2, min_scale(amount)))::text as amount, currency,
  coalesce(${json('properties')}, '{}') as properties, interaction, view_id, scroll_depth, document_width, document_height,
  ${json('target')} as target`;

const jsonBytes = (column: string) => `coalesce(octet_length(to_json(${column})::text), 4)`;
/** Names, times and numbers. */
const REST_BYTES = 900;
/** The bytes of an event as JSON without its free fields: escaped characters are six times as long. */
const FIELD_BYTES = `${REST_BYTES} + 2 * ${jsonBytes('page_url')} + ${['event_id', 'user_id', 'session_id', 'user_agent', 'conversion_type', 'view_id'].map(jsonBytes).join(' + ')}`;
/** The bytes as they lie in the table, perhaps compressed: these are known without reading them. */
const STORED_BYTES = `coalesce(pg_column_size(properties), 0) + coalesce(pg_column_size(target), 0)`;
const UNPACKED_BYTES = `coalesce(octet_length(properties::text), 0) + coalesce(octet_length(target::text), 0)`;

/**
 * One page within one span. The type stands in the text (it comes from a closed list) because a partial index
 * is only considered for a constant. The bounds are parameters of an unnamed statement, so that every plan knows them and
 * prunes partitions.
 *
 * The rows are counted up in bytes before they leave PostgreSQL, and those beyond the bound stay there; the first of them comes
 * without its free fields and marked `beyond`, so that the reader knows of it. First by what they take in the table, which costs
 * nothing; only what passes is read, unpacked and counted as text, once (`offset 0`). The first row of a page always passes.
 *
 * Fits: (occurred_at, event_key), (user_id, …), the three of (page_key, …) of clicks, (event_type, …) of the rare types.
 */
export function eventsPage(
  filter: EventFilter,
  span: TimeRange,
  { order, after, limit, bytes }: Omit<SliceRequest, 'newest'>,
  shown: number,
): QueryConfig {
  const values: unknown[] = [];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const conditions = [
    `occurred_at >= ${parameter(timestamp(span.start))}::timestamptz`,
    `occurred_at < ${parameter(timestamp(span.end))}::timestamptz`,
  ];
  if (filter.eventType !== null) conditions.push(`event_type = '${filter.eventType}'`);
  if (filter.userId !== null) conditions.push(`user_id = ${parameter(filter.userId)}`);
  if (filter.sessionId !== null) conditions.push(`session_id = ${parameter(filter.sessionId)}`);
  if (filter.pageUrl !== null) {
    conditions.push(`page_key = ${parameter(String(pageKeyOf(filter.pageUrl)))}::bigint`);
    conditions.push(`page_url = ${parameter(filter.pageUrl)}`);
  }
  if (filter.interaction !== null) {
    conditions.push(
      filter.interaction === 'none' ? 'interaction is null' : `interaction = ${parameter(filter.interaction)}`,
    );
  }
  if (filter.label !== null) {
    conditions.push(`${EVENT_LABEL_SQL} = ${parameter(filter.label)}`);
  }
  if (after !== null) {
    const position = [timestamp(after.occurredAt), after.eventKey, after.eventType].map(parameter);
    conditions.push(
      `(occurred_at, event_key, event_type) ${order === 'desc' ? '<' : '>'} (${position[0]}::timestamptz, ${position[1]}::uuid, ${position[2]}::text)`,
    );
  }
  const inOrder = `occurred_at ${order}, event_key ${order}, event_type ${order}`;
  const most = `${parameter(bytes)}::bigint`;
  const text = `select ${view((column) => `case when beyond then null else ${column} end`)}, beyond, bytes::float8 as bytes
from (
  select *, upto > ${most} and nth + ${shown} > 1 as beyond
  from (
    select *, sum(bytes) over (order by ${inOrder} rows unbounded preceding) as upto
    from (
      select *, greatest(stored, ${UNPACKED_BYTES} + ${FIELD_BYTES}) as bytes
      from (
        select *, sum(stored) over (order by ${inOrder} rows unbounded preceding) as stored_upto, row_number() over (order by ${inOrder}) as nth
        from (
          select *, ${STORED_BYTES} + ${REST_BYTES} as stored
          from (
            ${inParts(filter, conditions, inOrder, parameter(limit))}
          ) page
        ) weighed
      ) counted
      where stored_upto - stored <= ${most} or nth <= 2
      order by ${inOrder}
      offset 0
    ) unpacked
  ) summed
  where upto - bytes <= ${most} or nth <= 2
) bounded
order by bounded.occurred_at ${order}, event_key ${order}, event_type ${order}`;
  return { text, values };
}

/** The rows of a page. Those of a page of the site come from two or three indexes, each in order. */
function inParts(filter: EventFilter, conditions: readonly string[], inOrder: string, limit: string): string {
  const part = (condition: readonly string[]) => `select * from events
            where ${[...conditions, ...condition].join('\n              and ')}
            order by ${inOrder}
            limit ${limit}`;
  const parts = partsOf(filter);
  if (parts.length === 0) return part([]);
  return `select * from (
            ${parts.map((condition) => `(${part([condition])})`).join('\n            union all\n            ')}
            ) parts
            order by ${inOrder}
            limit ${limit}`;
}

/** Where the events of a page stand (clicks-of-page.ts); none where another index leads to fewer rows. */
function partsOf({ eventType, userId, pageUrl, interaction }: EventFilter): string[] {
  if (pageUrl === null || eventType !== 'click' || userId !== null) return [];
  if (interaction === 'none') return [PLACED_CLICK_SQL, OTHER_CLICK_SQL];
  return interaction === null ? [PLACED_CLICK_SQL, OTHER_CLICK_SQL, INTERACTION_SQL] : [INTERACTION_SQL];
}

/**
 * Whether an index leads to each event of a filter, so that a page costs the rows that it shows. Without one, or with a condition
 * beside it that most rows may miss, it costs the rows that it passes over, as many as there are. A page means its clicks,
 * and those without interactions are what its answer holds by default.
 */
export function hasIndex({ eventType, userId, sessionId, pageUrl, label, interaction }: EventFilter): boolean {
  if (sessionId !== null || label !== null) return false;
  if (pageUrl === null) return interaction === null;
  return eventType === 'click' && userId === null && (interaction === null || interaction === 'none');
}

/** When the events of an identity happened: with it the next statement touches one partition each. */
export const EVENT_TIMES = `
select event_type, to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as occurred_at
from event_identity
where event_key = $1 and ($2::text is null or event_type = $2)`;

/** The events of an identity, by (occurred_at, event_key). */
export const EVENTS_OF_KEY = `
select ${view((column) => column)}
from events
where events.occurred_at = any($2::timestamptz[]) and event_key = $1 and event_type = any($3::text[])
order by events.occurred_at desc, event_type desc`;
