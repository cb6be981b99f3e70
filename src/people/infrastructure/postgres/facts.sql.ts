/** The columns of an event that name its person become null. `TrackedEvent.erased` leaves out the same. */
const WITHOUT_PERSON = `
  user_id = null, session_id = null, page_url = null, page_key = null, user_agent = null, properties = null, target = null, view_id = null,
  event_id = events.event_key::text`;

/** The places of the next events of user $1, after ($2, $3), $4 of them. Fits (user_id, occurred_at, event_key). */
export const NEXT_FACTS = `
select occurred_at::text as "occurredAt", event_key::text as "eventKey"
from events
where user_id = $1 and occurred_at >= $2::timestamptz and (occurred_at, event_key) > ($2::timestamptz, $3::uuid)
order by events.occurred_at, events.event_key
limit $4`;

/**
 * Erases events of user $1 after ($2, $3) up to ($4, $5). It takes those that were held when the erasure was asked for, and
 * those that were received until $7. $6 is the transaction that asked; null: it was asked for in another region. No count
 * changes.
 */
export const ERASE_FACTS = `
update events set ${WITHOUT_PERSON}
where user_id = $1 and occurred_at >= $2::timestamptz and occurred_at <= $4::timestamptz
  and (occurred_at, event_key) > ($2::timestamptz, $3::uuid) and (occurred_at, event_key) <= ($4::timestamptz, $5::uuid)
  and (received_at <= $7 or ($6::bigint is not null and (tx is null or tx < $6::bigint)))
returning event_key::text as "eventKey", event_type as "eventType", (extract(epoch from received_at) * 1000)::float8 as "receivedAt"`;

/** Without a fingerprint a redelivery of any content is known, and no hash of the old content stays. */
export const ERASE_IDENTITIES = `
update event_identity set fingerprint = null
from unnest($1::uuid[], $2::text[]) as erased (event_key, event_type)
where event_identity.event_key = erased.event_key and event_identity.event_type = erased.event_type and fingerprint is not null`;

/** Selects whose the events of these identities are, if they have a person. The times are asked for as in FIND_FACTS of `events`. */
export const PERSONS_OF = `
select fact.event_key::text as "eventKey", fact.event_type as "eventType", fact.user_id as "userId",
  (extract(epoch from fact.occurred_at) * 1000)::float8 as "occurredAt"
from unnest($1::uuid[], $2::text[]) as wanted (event_key, event_type)
join event_identity as identity using (event_key, event_type)
join lateral (
  select * from events
  where events.occurred_at = identity.occurred_at and events.event_key = wanted.event_key and events.event_type = wanted.event_type
) as fact on true
where identity.fingerprint is not null and fact.user_id is not null`;

export const ERASE_THESE = `
update events set ${WITHOUT_PERSON}
from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as erased (event_key, event_type, occurred_at)
where events.event_key = erased.event_key and events.event_type = erased.event_type and events.occurred_at = erased.occurred_at
  and events.occurred_at = any ($3::timestamptz[])`;

/**
 * Tells whoever keeps what was counted from facts that they changed while their counts did not. It is the last statement of
 * its transaction, so that nobody who holds this row waits for another one.
 */
export const NOTE_CHANGED_FACTS = `update fact_changes set changes = changes + 1`;

export const PARTITIONS = `
select inhrelid::regclass::text as name from pg_inherits
where inhparent = 'events'::regclass and not inhdetachpending order by 1 desc`;

/**
 * Selects the users of a partition whose keyed hash is one of $3; $1 and $2 are the pads of the key (Pseudonyms). It reads
 * the index of users alone.
 */
export const USERS_OF_HASHES = (partition: string): string => `
select "userId", encode(hash, 'hex') as person
from (
  select user_id as "userId", sha256($2::bytea || sha256($1::bytea || convert_to(user_id, 'UTF8'))) as hash
  from (select distinct user_id from ${partition} where user_id is not null) as users
  offset 0
) as hashed
where hash = any ($3::bytea[])`;
