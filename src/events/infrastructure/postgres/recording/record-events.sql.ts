/*
 * One transaction writes a batch (docs/design.md, "The transaction"): identities → fingerprints of those already known → facts → projections.
 * Separate statements, because one statement cannot see the row that a concurrent transaction has just committed.
 * Every array is sorted the same way, so all writers lock in one order.
 */

/** Rebuild, floor and horizon take the exclusive side of this lock for short turns. $1: EVENTS_LOCKS.recording */
export const SHARE_RECORDING_LOCK = `select pg_advisory_xact_lock_shared($1)`;

/**
 * Reads the bounds after the lock, in every transaction and never from memory, because only then can they not move under the
 * rows. Facts carry the id of the transaction. If COMMIT gets no answer, COMMITTED_TRANSACTIONS asks about this id.
 */
export const READ_BOUNDS = `
  select (extract(epoch from retention_floor) * 1000)::float8 as retention_floor,
         (extract(epoch from fine_horizon) * 1000)::float8 as fine_horizon,
         erasures_version::float8 as erasures_version,
         pg_current_xact_id()::text as transaction_id
  from storage_bounds`;

/**
 * Selects those of these transactions that committed. If a transaction is so old that its outcome is forgotten (null), it
 * counts as committed.
 */
export const COMMITTED_TRANSACTIONS = `
  select transaction_id
  from unnest($1::text[]) as ended (transaction_id)
  where coalesce(pg_xact_status(transaction_id::xid8), 'committed') = 'committed'`;

/**
 * Fails if one of the identities is there already (23505), and does not look at the floor, which the caller does. It takes
 * half the time of INSERT_IDENTITIES, whose answer names every row.
 */
export const COPY_IDENTITIES = `
  copy event_identity (event_key, event_type, fingerprint, occurred_at) from stdin (format binary)`;

/**
 * Below the floor no identity is minted: such an event is known already, or too old.
 * `unnest` stands in the select list: in FROM every array goes through a store of its own (2.2 against 0.7 µs a row of
 * 22 columns); there too a shorter array is padded with nulls.
 */
export const INSERT_IDENTITIES = `
  insert into event_identity (event_key, event_type, fingerprint, occurred_at)
  select * from (
    select unnest($1::uuid[]), unnest($2::text[]), unnest($3::bigint[]), unnest($4::timestamptz[])
  ) as identity (event_key, event_type, fingerprint, occurred_at)
  where occurred_at >= (select retention_floor from storage_bounds)
  on conflict do nothing
  returning event_key, event_type`;

export const FIND_IDENTITIES = `
  select event_key, event_type, fingerprint, (extract(epoch from occurred_at) * 1000)::float8
  from event_identity
  join unnest($1::uuid[], $2::text[]) as wanted (event_key, event_type) using (event_key, event_type)`;

/**
 * Binds dead letters to their events; only replays need it. This statement waits for whoever binds the same letter. It is
 * apart from the look-up, because only the next statement sees what was committed meanwhile.
 */
export const BIND_LETTERS = `
  insert into dead_letter_events (letter_id, event_id)
  select unnest($1::uuid[]), unnest($2::text[])
  on conflict do nothing
  returning letter_id, event_id`;

export const FIND_LETTERS = `select letter_id, event_id from dead_letter_events where letter_id = any($1::uuid[])`;

/** Takes back identities that this transaction itself has written. It has the parameters of FIND_IDENTITIES. */
export const TAKE_IDENTITIES_BACK = `
  delete from event_identity
  using unnest($1::uuid[], $2::text[]) as taken (event_key, event_type)
  where event_identity.event_key = taken.event_key and event_identity.event_type = taken.event_type`;

/**
 * Reads the stored events of identities, where fingerprints do not tell whether two are the same. The times are asked for twice: as a condition they are
 * known when the plan is made, which then names one or two partitions instead of all. Properties above $4 bytes as PostgreSQL
 * writes them are not sent.
 */
export const FIND_FACTS = `
  select event_key, event_type, event_id, user_id, session_id, page_url, x, y, viewport_width, viewport_height, scroll_y,
    reaction, conversion_type, amount::text as amount, currency, interaction, view_id, scroll_depth, document_width,
    document_height, target::text as target,
    case when octet_length(written.properties) <= $4 then written.properties end as properties,
    coalesce(octet_length(written.properties) > $4, false) as beyond
  from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as wanted (event_key, event_type, occurred_at)
  join events using (event_key, event_type, occurred_at)
  cross join lateral (select events.properties::text as properties offset 0) as written
  where events.occurred_at = any ($3::timestamptz[])`;

/**
 * Facts go in by COPY, because nothing can conflict: the identities have decided. It fills whole pages at a time, where an INSERT
 * from arrays goes row by row (docs/decisions/0002-copy-for-facts-and-identities.md).
 */
export const COPY_FACTS = `
  copy events (event_key, event_type, event_id, occurred_at, received_at, user_id, session_id, page_url, page_key,
    x, y, viewport_width, viewport_height, scroll_y, user_agent, reaction, conversion_type, amount, currency, properties, intake, message_id,
    interaction, view_id, scroll_depth, document_width, document_height, target, tx)
  from stdin (format binary)`;

const addCounts = (table: 'event_counts_2s' | 'event_counts_15m') => `
  insert into ${table} as counted (bucket, event_type, label, n, amount)
  select bucket, event_type, label, n, amount::numeric
  from unnest($1::timestamptz[], $2::text[], $3::text[], $4::bigint[], $5::text[]) as delta (bucket, event_type, label, n, amount)
  on conflict (bucket, event_type, label) do update set n = counted.n + excluded.n, amount = counted.amount + excluded.amount`;

export const ADD_FINE_COUNTS = addCounts('event_counts_2s');
export const ADD_QUARTER_HOUR_COUNTS = addCounts('event_counts_15m');
