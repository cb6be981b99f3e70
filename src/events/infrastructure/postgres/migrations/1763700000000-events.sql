-- Identity, facts, projections and dead letters. Facts are partitioned by UTC week; partitions are made by
-- PartitionKeeper.

-- Who was here: the only place where "twice" is decided. fingerprint is null once a person was erased.
create table event_identity (
  event_key uuid, event_type text, fingerprint bigint, occurred_at timestamptz(3) not null,
  primary key (event_key, event_type));

-- The facts, append-only. page_key is the 64-bit hash of page_url (page-key.ts), so that its index stays narrow.
create table events (
  event_key uuid not null,
  event_type text not null constraint events_event_type check (event_type in ('click', 'conversion', 'sale')),
  event_id text not null,
  occurred_at timestamptz(3) not null, received_at timestamptz(3) not null,
  user_id text, session_id text, page_url text, page_key bigint,
  x double precision, y double precision, viewport_width int, viewport_height int, scroll_y int, user_agent text,
  reaction text, conversion_type text,
  amount numeric(20,4) constraint events_amount check (amount >= 0 and amount <> 'NaN'), currency text,
  properties jsonb,
  intake text not null constraint events_intake check (intake in ('pulsar', 'http', 'merge', 'import')),
  message_id text
) partition by range (occurred_at);
-- GET /events?user_id=, a user's journey
create index on events (user_id, occurred_at, event_key);
-- GET /events, the raw edges of metric windows
create index on events (occurred_at, event_key);
-- heat map, clicks of a page
create index on events (page_key, occurred_at) include (x, y, scroll_y)
  where event_type = 'click' and page_key is not null;
-- GET /events?event_type=, amounts, conversion types: the rare types
create index on events (event_type, occurred_at, event_key) include (conversion_type, amount, currency)
  where event_type <> 'click';

-- Projections: counts and sums by reaction (click), currency (sale) or '' per 2 seconds and per quarter-hour.
create table event_counts_2s (
  bucket timestamptz(3), event_type text, label text, n bigint not null, amount numeric not null,
  primary key (bucket, event_type, label)) with (fillfactor = 50);
create table event_counts_15m (like event_counts_2s including all) with (fillfactor = 50);

-- One row, only forward. Facts below retention_floor are gone; 2 s counts below fine_horizon are gone.
create table storage_bounds (
  id boolean primary key default true check (id),
  retention_floor timestamptz(3) not null, fine_horizon timestamptz(3) not null);
insert into storage_bounds (retention_floor, fine_horizon) values ('1970-01-05T00:00:00Z', '1970-01-05T00:00:00Z');

-- What could not be recorded, with its bytes: nothing in bytea can make the insert fail.
create table dead_letters (
  id uuid primary key, origin_key uuid not null unique, reason text not null, detail text, topic text not null,
  message_id text not null, message_key bytea, published_at timestamptz(3) not null, event_time timestamptz(3),
  properties bytea, payload bytea not null,
  first_seen timestamptz(3) not null, attempts int not null, state text not null, replayed_at timestamptz(3));
-- GET /dead-letters, newest first
create index on dead_letters (first_seen, id);
