-- How far each consumer process is, so that any replica can say how fresh a figure is; sales without an amount are found
-- fast.

-- One row per topic and consumer process, written about once a second. A process that died leaves its rows: they count
-- while seen_at is recent (src/metrics/domain/freshness.ts) and are deleted by the others later.
create table consumer_progress (
  topic text, consumer uuid,
  -- latest publish time that is committed, only forward
  published_until timestamptz(3),
  -- from publish to commit, the longest of the last second; what waits for its commit counts with its age
  lag_ms bigint not null,
  -- why nothing comes in, null while connected
  problem text,
  -- by PostgreSQL's clock, one for all replicas
  seen_at timestamptz(3) not null,
  primary key (topic, consumer)) with (fillfactor = 50);

-- average order value: sales that carry no amount are few, so counting them costs the same at any size of the table
create index on events (occurred_at) include (currency) where event_type = 'sale' and amount is null;
