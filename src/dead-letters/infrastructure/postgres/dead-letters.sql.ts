import type { QueryConfig } from 'pg';
import { timestamp } from '../../../platform/postgres/timestamp.js';
import type { DeadLetterFilter, DeadLetterPosition, SliceBounds } from '../../application/dead-letters-reader.port.js';

const time = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ${column}`;
const milliseconds = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

/** Rows become the view here, except for the key: its bytes are decoded outside, because text cannot hold U+0000. */
const view = (key: string) => `
  id, reason, detail, topic, message_id, ${key} as message_key, ${time('published_at')}, published_at_text,
  ${time('event_time')}, event_time_text, ${time('first_seen')}, attempts, state, ${time('replayed_at')}, event_id, octet_length(payload) as payload_bytes`;

/**
 * The size as JSON: a control character in a key takes six characters there. Lengths are known without reading what is
 * stored beside the table.
 */
const LETTER_BYTES = `1500 + 6 * (coalesce(octet_length(message_key), 0) + coalesce(octet_length(detail), 0))`;

/**
 * Selects one page, newest first, and one letter more if others follow. Letters beyond the bound of bytes stay in
 * PostgreSQL. The first letter always comes; if it is beyond the bound, it comes without its key and marked `beyond`. Fits
 * (first_seen, id), and with reason and state (reason, state, first_seen, id).
 */
export function deadLettersPage(
  { reason, topic, state, range }: DeadLetterFilter,
  before: DeadLetterPosition | null,
  { limit, bytes }: SliceBounds,
): QueryConfig {
  const values: unknown[] = [];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const conditions = ['true'];
  if (reason !== null) conditions.push(`reason = ${parameter(reason)}`);
  if (topic !== null) conditions.push(`topic = ${parameter(topic)}`);
  if (state !== null) conditions.push(`state = ${parameter(state)}`);
  if (range.start !== -Infinity) conditions.push(`first_seen >= ${parameter(timestamp(range.start))}`);
  if (range.end !== Infinity) conditions.push(`first_seen < ${parameter(timestamp(range.end))}`);
  if (before !== null) {
    conditions.push(
      `(first_seen, id) < (${parameter(timestamp(before.firstSeen))}::timestamptz, ${parameter(before.id)}::uuid)`,
    );
  }
  const most = `${parameter(bytes)}::bigint`;
  const text = `select ${view('case when beyond then null else message_key end')}, beyond
from (
  select *, upto > ${most} and nth > 1 as beyond
  from (
    select *, sum(bytes) over (order by first_seen desc, id desc rows unbounded preceding) as upto,
      row_number() over (order by first_seen desc, id desc) as nth
    from (
      select *, ${LETTER_BYTES} as bytes from dead_letters
      where ${conditions.join(' and ')}
      order by first_seen desc, id desc
      limit ${parameter(limit + 1)}
    ) page
  ) summed
  where upto - bytes <= ${most} or nth <= 2
) letter
order by letter.first_seen desc, id desc`;
  return { text, values };
}

/** Whether an index leads to each letter of a filter. If none does, a page may read all letters. */
export const hasIndex = ({ reason, topic, state }: DeadLetterFilter): boolean =>
  topic === null ? (reason === null) === (state === null) : reason === null && state === null;

/** The first $2 bytes of the payload. */
export const DEAD_LETTER = `
select ${view('message_key')}, properties, substr(payload, 1, $2) as payload, envelope, schema_version
from dead_letters where id = $1`;

/** An index-only scan of (reason, state, …). */
export const COUNT_BY_REASON = `
select reason, state, count(*)::float8 as letters from dead_letters group by reason, state`;

/** Selects open letters, oldest first, without their bytes. Fits (reason, state, first_seen, id). */
export const OPEN_LETTERS = `
select id, ${milliseconds('first_seen')} as first_seen, octet_length(payload) as payload_bytes
from dead_letters
where reason = $1 and state = 'open' and ($2::text is null or topic = $2)
  and (first_seen, id) > ($3::timestamptz, $4::uuid)
order by dead_letters.first_seen, id
limit $5`;

/**
 * Claims letters. It skips those that are locked, so that it never waits: a redelivery may be counting its attempt just now.
 * It goes by PostgreSQL's clock, which is one for all replicas. A payload above $3 bytes stays in PostgreSQL: some reach
 * 64 MiB. $2: milliseconds.
 */
export const CLAIM = `
update dead_letters as letter set claimed_until = now() + $2 * interval '1 ms'
from (
  select id from dead_letters
  where id = any($1::uuid[]) and state = 'open' and (claimed_until is null or claimed_until <= now())
  for update skip locked) as free
where letter.id = free.id
returning letter.id, origin_key, reason, topic, message_id, ${milliseconds('published_at')} as published_at,
  ${milliseconds('event_time')} as event_time, event_time_text, ${milliseconds('first_seen')} as first_seen, properties,
  case when octet_length(payload) <= $3 then payload end as payload, octet_length(payload) as payload_bytes, envelope is not null as unopened,
  (select event_id from dead_letter_events where letter_id = letter.id) as recorded_as`;

const STANDING = `letter.id, letter.state, letter.attempts, letter.event_id, ${time('letter.replayed_at').replace(/ as .*/, ' as replayed_at')}`;

export const CONCLUDE = `
update dead_letters as letter set
  state = case when outcome.event_id is null then letter.state else 'replayed' end,
  replayed_at = case when outcome.event_id is null then null else $5::timestamptz end,
  event_id = outcome.event_id,
  attempts = letter.attempts + 1,
  reason = coalesce(outcome.reason, letter.reason),
  detail = coalesce(outcome.detail, letter.detail),
  claimed_until = null
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as outcome (id, event_id, reason, detail)
where letter.id = outcome.id and letter.state = 'open'
returning ${STANDING}`;

export const RELEASE = `update dead_letters set claimed_until = null where id = any($1::uuid[]) and state = 'open'`;

export const STANDING_OF = `select ${STANDING} from dead_letters as letter where id = $1`;

/** Deletes letters together with what they became. Rows go in small portions, because each may have megabytes beside the table. */
const purge = (past: string) => `
with purged as (delete from dead_letters where id in (${past}) returning id),
  bindings as (delete from dead_letter_events using purged where letter_id = purged.id)
select from purged`;

/** $1: an instant, $2: how many at most. */
export const PURGE_REPLAYED = purge(`select id from dead_letters where replayed_at < $1 limit $2`);
export const PURGE_OPEN = purge(
  `select id from dead_letters where first_seen < $1 and state <> 'replayed' order by first_seen limit $2`,
);
