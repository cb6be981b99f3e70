-- Merges of other regions into this one.

-- One row per merge. A process that died leaves its own `running`; the next merge finds that nobody holds the lock, and says so.
create table region_merges (
  id uuid primary key, region text not null,
  -- only facts that happened then or later; null: all that is new
  since timestamptz(3),
  dry_run boolean not null,
  -- id of a key, command, schedule
  actor text not null,
  state text not null check (state in ('running', 'done', 'failed', 'interrupted')),
  started_at timestamptz(3) not null, finished_at timestamptz(3),
  -- facts by what became of them: together all that were read
  merged bigint not null default 0, known bigint not null default 0, restamped bigint not null default 0,
  conflicts bigint not null default 0, below_floor bigint not null default 0, rejected bigint not null default 0,
  -- open ones of the other region: they stay there
  dead_letters bigint,
  -- for how long a transaction of the other region holds back what was committed since, and whose
  held_back_ms bigint, held_back_by text,
  -- why it failed: a code, and words for an operator
  code text, detail text);
-- GET /regions, the last of each region
create index on region_merges (region, started_at desc);
create index on region_merges (started_at desc);

-- How far each other region is merged: what its own database gave us to go on from.
create table region_watermarks (
  region text primary key, watermark text not null,
  -- all that it committed before is here, by its PostgreSQL's clock
  merged_until timestamptz(3), updated_at timestamptz(3) not null);

-- All contents that identities in conflict have in the regions, one row each, equal in all regions after their merges. The fact is
-- what each region recorded first.
create table region_conflicts (
  event_key uuid, event_type text, fingerprint bigint,
  event_id text not null,
  -- canonical JSON of what the fingerprint covers: text, so that it is the same bytes everywhere
  content text not null,
  first_seen timestamptz(3) not null,
  tx bigint not null default pg_current_xact_id()::text::bigint,
  primary key (event_key, event_type, fingerprint));
-- GET /regions/facts: conflicts written down since
create index on region_conflicts (tx, event_key, event_type, fingerprint);
-- GET /regions: the newest
create index on region_conflicts (first_seen desc);
