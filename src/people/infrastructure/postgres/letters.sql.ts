const BACKSLASH = `'\\x5c'::bytea`;
const BASE64_DATA = `convert_to('data_base64', 'UTF8')`;

/**
 * Selects the next $4 letters in the order of arrival, after ($1, $2), and says which of them may hold an id of $3. A letter
 * may hold an id if its bytes hold it, if they hold a backslash or base64, by which an id may be written otherwise, or if
 * the letter became an event, which may have its id. If $3 is null, all letters may. It ends with the letter that brings their bytes
 * to $5, because each is read once for every comparison.
 */
export const NEXT_LETTERS = `
select id::text as id, (extract(epoch from first_seen) * 1000)::float8 as "firstSeen", octet_length(payload)::float8 as bytes, followed,
  state <> 'erased' and (
    $3::bytea[] is null or event_id is not null or position(${BACKSLASH} in payload) > 0 or position(${BASE64_DATA} in payload) > 0
    or position(${BACKSLASH} in properties) > 0 or exists (
      select from unnest($3::bytea[]) as wanted (id)
      where position(wanted.id in payload) > 0 or position(wanted.id in message_key) > 0 or position(wanted.id in properties) > 0
        or position(wanted.id in envelope) > 0)) is true as wanted
from (
  select *, lead(id) over places is not null as followed,
    sum(octets) over (places rows between unbounded preceding and 1 preceding) as before
  from (
    select *, octet_length(payload) + coalesce(octet_length(properties), 0) + coalesce(octet_length(envelope), 0) as octets
    from dead_letters where (first_seen, id) > ($1::timestamptz, $2::uuid) order by first_seen, id limit $4
  ) as next
  window places as (order by first_seen, id)
) as page
where before is null or before < $5
order by page.first_seen, page.id`;

/** `receivedAt` is the earlier of two clocks: our own, and that of whoever published the letter. */
export const LETTERS = `
select id::text as id, topic, payload, message_key as key, properties, envelope,
  (extract(epoch from least(published_at, first_seen)) * 1000)::float8 as "receivedAt",
  coalesce(event_id, (select event_id from dead_letter_events where letter_id = dead_letters.id)) as "eventId"
from dead_letters where id = any ($1::uuid[]) and state <> 'erased'
order by dead_letters.first_seen, dead_letters.id`;

/** PostgresDeadLetterStore leaves out the same of letters that arrive later. $2: the `event_id` that their events have now. */
export const ERASE_LETTERS = `
update dead_letters set payload = '', message_key = null, properties = null, detail = null, envelope = null, schema_version = null,
  event_id = case when dead_letters.event_id is not null then erased.event_id end, state = 'erased', claimed_until = null
from unnest($1::uuid[], $2::text[]) as erased (id, event_id)
where dead_letters.id = erased.id`;

export const ERASE_BINDINGS = `
update dead_letter_events set event_id = erased.event_id
from unnest($1::uuid[], $2::text[]) as erased (id, event_id)
where letter_id = erased.id and erased.event_id is not null`;

/** Selects letters that are not of an erased person, but became an event whose person is erased. $2: the key of that event. */
const OF_ERASED_EVENTS = `
  unnest($1::uuid[], $2::uuid[]) as became (id, event_key)
  where exists (select from event_identity where event_identity.event_key = became.event_key and fingerprint is null)`;
export const FORGET_IDS_OF_LETTERS = `
update dead_letters set event_id = became.event_key::text from ${OF_ERASED_EVENTS}
  and dead_letters.id = became.id and dead_letters.event_id is not null`;
export const FORGET_IDS_OF_BINDINGS = `
update dead_letter_events set event_id = became.event_key::text from ${OF_ERASED_EVENTS} and letter_id = became.id`;
