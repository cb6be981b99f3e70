/** The log. */

const milliseconds = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

/** Selects what came after version $1, and the version that this makes. If nothing came, it is one row without a person. */
export const READ_LOG = `
select bounds.erasures_version::float8 as version, (select fingerprint from erasure_key) as key,
  encode(erasures.person, 'hex') as person, erasures.id_bytes as "idBytes", ${milliseconds('erasures.erased_at')} as "erasedAt"
from storage_bounds as bounds left join erasures on erasures.version > $1`;

export const KEY = `select fingerprint from erasure_key`;
/** Runs in the transaction of a change: the first change stores which key it is. */
export const CLAIM_KEY = `insert into erasure_key (fingerprint) values ($1) on conflict do nothing`;

/** Runs under the exclusive lock, so that the id of this transaction is later than the ids of all that recorded before. */
export const NOTE = `
with log as (update storage_bounds set erasures_version = erasures_version + 1 returning erasures_version)
insert into erasures as known (person, id_bytes, erased_at, version, open, user_id, tx)
select $1, $2, $3, erasures_version, true, $4, pg_current_xact_id()::text::bigint from log
on conflict (person) do update set erased_at = greatest(known.erased_at, excluded.erased_at), version = excluded.version,
  open = true, user_id = excluded.user_id, tx = excluded.tx`;

const INCOMING = `unnest($1::bytea[], $2::int[], $3::timestamptz[]) as incoming (person, id_bytes, erased_at)`;

/** Whether there is anything new in what another region sends. */
export const IS_NEW = `
select exists (
  select from ${INCOMING}
  where not exists (select from erasures where erasures.person = incoming.person and erasures.erased_at >= incoming.erased_at)
) as new`;

/** Runs under the exclusive lock. What is left to do of an own erasure stays so. */
export const TAKE = `
with log as (update storage_bounds set erasures_version = erasures_version + 1 returning erasures_version)
insert into erasures as known (person, id_bytes, erased_at, version, open)
select incoming.person, incoming.id_bytes, incoming.erased_at, erasures_version, true from log, ${INCOMING}
order by incoming.person
on conflict (person) do update set erased_at = excluded.erased_at, version = excluded.version, open = true
  where known.erased_at < excluded.erased_at`;

export const PAGE = `
select encode(person, 'hex') as person, id_bytes as "idBytes", ${milliseconds('erased_at')} as "erasedAt"
from erasures where person > $1 order by person limit $2`;

export const STANDING = `
select ${milliseconds('erased_at')} as "erasedAt", open, events::float8 as events, dead_letters::float8 as "deadLetters",
  conflicts::float8 as conflicts
from erasures where person = $1`;

export const IS_OPEN = `select exists (select from erasures where open) as open`;

export const OPEN = `
select encode(person, 'hex') as person, id_bytes as "idBytes", ${milliseconds('erased_at')} as "erasedAt", version::float8 as version,
  user_id as "userId", tx::text as tx
from erasures where open order by erasures.version`;

/**
 * Runs under the exclusive lock. Some events that were held say that they were received later, by the clock of whoever
 * published them.
 */
export const RAISE = `
with log as (update storage_bounds set erasures_version = erasures_version + 1 returning erasures_version)
update erasures set erased_at = greatest(erased_at, $2), version = erasures_version from log where person = $1`;

export const COUNT = `
update erasures set events = events + $2, dead_letters = dead_letters + $3, conflicts = conflicts + $4 where person = $1`;

/** The user id is deleted together with the work that was left. */
export const FINISH = `
update erasures set open = false, user_id = null, tx = null where person = $1 and version = $2`;
