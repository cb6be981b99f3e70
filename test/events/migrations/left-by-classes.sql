-- What the migrations left when they were classes in TypeScript (the five up to ReadIndexes): SQL and rows as TypeORM wrote
-- them. Frozen: migrations.int.spec.ts shows that such a database has nothing pending, and the schema of a new one.

create table "migrations" ("id" serial not null, "timestamp" bigint not null, "name" character varying not null,
  constraint "PK_8c82d7f526340ab734260ea46be" primary key ("id"));

-- Events1763700000000
create table event_identity (
  event_key uuid, event_type text, fingerprint bigint, occurred_at timestamptz(3) not null,
  primary key (event_key, event_type));
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
create index on events (user_id, occurred_at, event_key);
create index on events (occurred_at, event_key);
create index on events (page_key, occurred_at) include (x, y, scroll_y)
  where event_type = 'click' and page_key is not null;
create index on events (event_type, occurred_at, event_key) include (conversion_type, amount, currency)
  where event_type <> 'click';
create table event_counts_2s (
  bucket timestamptz(3), event_type text, label text, n bigint not null, amount numeric not null,
  primary key (bucket, event_type, label)) with (fillfactor = 50);
create table event_counts_15m (like event_counts_2s including all) with (fillfactor = 50);
create table storage_bounds (
  id boolean primary key default true check (id),
  retention_floor timestamptz(3) not null, fine_horizon timestamptz(3) not null);
insert into storage_bounds (retention_floor, fine_horizon) values ('1970-01-05T00:00:00Z', '1970-01-05T00:00:00Z');
create table dead_letters (
  id uuid primary key, origin_key uuid not null unique, reason text not null, detail text, topic text not null,
  message_id text not null, message_key bytea, published_at timestamptz(3) not null, event_time timestamptz(3),
  properties bytea, payload bytea not null,
  first_seen timestamptz(3) not null, attempts int not null, state text not null, replayed_at timestamptz(3));
create index on dead_letters (first_seen, id);
insert into migrations (timestamp, name) values (1763700000000, 'Events1763700000000');

-- DeadLetterReplays1763800000000
alter table dead_letters add column event_id text, add column claimed_until timestamptz(3);
create index on dead_letters (reason, state, first_seen, id);
create index on dead_letters (replayed_at) where replayed_at is not null;
alter table storage_bounds add column identity_floor timestamptz(3) not null default '1970-01-05T00:00:00Z';
insert into migrations (timestamp, name) values (1763800000000, 'DeadLetterReplays1763800000000');

-- ConsumerProgress1763900000000
create table consumer_progress (
  topic text, consumer uuid,
  published_until timestamptz(3),
  lag_ms bigint not null,
  problem text,
  seen_at timestamptz(3) not null,
  primary key (topic, consumer)) with (fillfactor = 50);
create index on events (occurred_at) include (currency) where event_type = 'sale' and amount is null;
insert into migrations (timestamp, name) values (1763900000000, 'ConsumerProgress1763900000000');

-- ProjectionRebuild1764000000000
create table projection_rebuild (
  id boolean primary key default true check (id),
  range_start timestamptz(3) not null, position timestamptz(3) not null, range_end timestamptz(3) not null,
  corrected bigint not null, started_at timestamptz(3) not null, finished_at timestamptz(3));
insert into migrations (timestamp, name) values (1764000000000, 'ProjectionRebuild1764000000000');

-- ReadIndexes1764100000000
drop index events_event_type_occurred_at_event_key_conversion_type_amo_idx;
create index on events (event_type, occurred_at, event_key) include (conversion_type, amount, currency, user_id)
  where event_type <> 'click';
create index on events (occurred_at) include (user_id) where reaction is not null and user_id is not null;
create index on dead_letters (topic, first_seen, id);
insert into migrations (timestamp, name) values (1764100000000, 'ReadIndexes1764100000000');
