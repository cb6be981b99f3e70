-- A rebuild of the projections goes on where it stopped.

-- One row: the last rebuild. Everything from range_start to position is corrected; finished_at is null until it is done.
create table projection_rebuild (
  id boolean primary key default true check (id),
  range_start timestamptz(3) not null, position timestamptz(3) not null, range_end timestamptz(3) not null,
  corrected bigint not null, started_at timestamptz(3) not null, finished_at timestamptz(3));
