const KEY = `k.id, k.role, k.name, k.created_at, k.last_used, k.rotated_at, k.revoked_at,
  (select s.prefix from access_secrets s where s.key_id = k.id order by s.created_at desc, s.digest limit 1) as prefix`;

export const LIVE_SECRETS = `
select s.digest, k.id as "keyId", k.role, k.name, (extract(epoch from s.expires_at) * 1000)::float8 as "expiresAt"
from access_secrets s join access_keys k on k.id = s.key_id where k.revoked_at is null`;

export const SESSIONS = `
select digest, key_id as "keyId", proof, (extract(epoch from created_at) * 1000)::float8 as "createdAt",
  (extract(epoch from last_seen) * 1000)::float8 as "lastSeen"
from access_sessions where digest = any ($1::bytea[])`;

export const LIST_KEYS = `select ${KEY} from access_keys k order by k.created_at desc, k.id desc`;

/** Entry: $1 to $6, as in `APPEND_ENTRY`. */
const NOTED = (source: string) => `
noted as (insert into audit_log (id, at, actor, action, subject, details)
  select $1::uuid, $2::timestamptz, $3, $4, $5, $6::jsonb from ${source})`;

export const ADD_KEY = `
with key as (insert into access_keys (id, role, name, created_at) values ($7, $8, $9, $10) returning id),
secret as (insert into access_secrets (digest, key_id, prefix, created_at) select $11, id, $12, $10 from key returning key_id),
${NOTED('key')}
select from secret`;

export const ROTATE_KEY = `
with key as (update access_keys set rotated_at = $8 where id = $7 and revoked_at is null returning id, role, name, created_at),
old as (update access_secrets s set expires_at = least(coalesce(s.expires_at, $11::timestamptz), $11) from key where s.key_id = key.id),
secret as (insert into access_secrets (digest, key_id, prefix, created_at) select $9, id, $10, $8 from key),
${NOTED('key')}
select id, role, name, created_at from key`;

/** The entry is added by whoever ends it, not by those who come after. */
export const REVOKE_KEY = `
with key as (update access_keys set revoked_at = $2 where id = $7 and revoked_at is null returning id),
${NOTED('key')}
select from key`;

export const ONE_KEY = `select ${KEY} from access_keys k where k.id = $1`;

export const APPEND_ENTRY = `
insert into audit_log (id, at, actor, action, subject, details) values ($1, $2, $3, $4, $5, $6::jsonb)`;

export const OPEN_SESSION = `
insert into access_sessions (digest, key_id, proof, created_at, last_seen) values ($1, $2, $3, $4, $5)`;

export const END_SESSION = `delete from access_sessions where digest = $1`;

export const NOTE_KEYS = `
update access_keys k set last_used = greatest(k.last_used, u.at)
from unnest($1::uuid[], $2::timestamptz[]) u(id, at) where k.id = u.id`;

export const NOTE_SESSIONS = `
update access_sessions s set last_seen = greatest(s.last_seen, u.at)
from unnest($1::bytea[], $2::timestamptz[]) u(digest, at) where s.digest = u.digest`;

export const DROP_SESSIONS = `delete from access_sessions where created_at <= $1 or last_seen <= $2`;

/** Drops replaced secrets of keys that go on. Those of a revoked key stay with it, since its prefix is shown. */
export const DROP_SECRETS = `
delete from access_secrets s using access_keys k where k.id = s.key_id and k.revoked_at is null and s.expires_at <= $1`;

export const DROP_ENTRIES = `
delete from audit_log where id in (select id from audit_log where at <= $1 order by at limit $2)`;

export const AUDIT_PAGE = `
select id, at, actor, action, subject, details from audit_log
where ($1::text is null or actor = $1) and ($2::text is null or action = $2)
  and (at, id) < (coalesce($3::timestamptz, 'infinity'), coalesce($4::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
order by at desc, id desc limit $5`;
