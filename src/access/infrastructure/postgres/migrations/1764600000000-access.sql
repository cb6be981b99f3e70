-- Keys: what programs and people prove who they are with. A key outlives its secrets: rotating it makes a new one, and the
-- old one goes on for a day. A secret is stored as its SHA-256 alone; it has too many random bits to be guessed from that.
create table access_keys (
  id uuid primary key,
  role text not null check (role in ('ingest-public', 'ingest', 'read', 'merge', 'admin')),
  name text not null,
  created_at timestamptz(3) not null,
  rotated_at timestamptz(3),
  revoked_at timestamptz(3),
  last_used timestamptz(3));
create table access_secrets (
  digest bytea primary key,
  key_id uuid not null references access_keys,
  prefix text not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3));
create index on access_secrets (key_id);

-- Pages that are signed in. The cookie is stored as its SHA-256. `proof` binds the session to the secret that it was opened
-- with: the secret's digest, or, for API_TOKEN, which may be a word, an HMAC of it keyed by the cookie.
create table access_sessions (
  digest bytea primary key,
  key_id text not null,
  proof bytea not null,
  created_at timestamptz(3) not null,
  last_seen timestamptz(3) not null);

-- Who changed what. Rows are added, and dropped when their time is over; none is ever changed.
create table audit_log (
  id uuid primary key,
  at timestamptz(3) not null,
  actor text not null,
  action text not null,
  subject text,
  details jsonb not null);
create index on audit_log (at, id); -- GET /audit, retention
