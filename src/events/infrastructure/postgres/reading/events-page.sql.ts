import type { QueryConfig } from 'pg';
import type { EventFilter, SliceRequest } from '../../../application/events-reader.port.js';
import { EVENT_LABEL_SQL } from '../../../domain/counts/count-label.js';
import type { TimeRange } from '../../../domain/time-range.js';
import { pageKeyOf } from '../../../domain/page-key.js';
import { timestamp } from '../../../../platform/postgres/timestamp.js';

/** Rows become the view here; `event_key` is for the position alone. */
const VIEW = `
  event_key, event_id, event_type, user_id, session_id, page_url as url, page_url,
  to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as occurred_at,
  to_char(received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as received_at,
  x, y, viewport_width, viewport_height, scroll_y, user_agent, reaction, conversion_type,
  round(amount, greatest(2, min_scale(amount)))::text as amount, currency,
  coalesce(properties, '{}') as properties`;

/**
 * One page within one span. The type stands in the text (it comes from a closed list) because a partial index
 * is only considered for a constant. The bounds are parameters of an unnamed statement, so that every plan knows them and
 * prunes partitions. Fits: (occurred_at, event_key), (user_id, …), (page_key, …) of clicks, (event_type, …) of the rare types.
 */
export function eventsPage(
  filter: EventFilter,
  span: TimeRange,
  { order, after, limit }: Omit<SliceRequest, 'newest'>,
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
  if (filter.label !== null) {
    conditions.push(`${EVENT_LABEL_SQL} = ${parameter(filter.label)}`);
  }
  if (after !== null) {
    const position = [timestamp(after.occurredAt), after.eventKey, after.eventType].map(parameter);
    conditions.push(
      `(occurred_at, event_key, event_type) ${order === 'desc' ? '<' : '>'} (${position[0]}::timestamptz, ${position[1]}::uuid, ${position[2]}::text)`,
    );
  }
  const text = `select ${VIEW}
from events
where ${conditions.join('\n  and ')}
order by events.occurred_at ${order}, event_key ${order}, event_type ${order}
limit ${parameter(limit)}`;
  return { text, values };
}

/**
 * Whether an index leads to each event of a filter, so that a page costs the rows that it shows. Without one, or with a condition
 * beside it that most rows may miss, it costs the rows that it passes over, as many as there are.
 */
export const hasIndex = ({ eventType, userId, sessionId, pageUrl, label }: EventFilter): boolean =>
  sessionId === null && label === null && (pageUrl === null || (eventType === 'click' && userId === null));

/** When the events of an identity happened: with it the next statement touches one partition each. */
export const EVENT_TIMES = `
select event_type, to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as occurred_at
from event_identity
where event_key = $1 and ($2::text is null or event_type = $2)`;

/** The events of an identity, by (occurred_at, event_key). */
export const EVENTS_OF_KEY = `
select ${VIEW}
from events
where events.occurred_at = any($2::timestamptz[]) and event_key = $1 and event_type = any($3::text[])
order by events.occurred_at desc, event_type desc`;
