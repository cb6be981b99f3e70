/** Adds to counts what they differ by, whatever was added to them since they were compared; rows sorted as writers sort them. */
const correct = (table: 'event_counts_2s' | 'event_counts_15m') => `
  insert into ${table} as counted (bucket, event_type, label, n, amount)
  select bucket, event_type, label, n, amount
  from unnest($1::timestamptz[], $2::text[], $3::text[], $4::bigint[], $5::numeric[]) as delta (bucket, event_type, label, n, amount)
  on conflict (bucket, event_type, label) do update set n = counted.n + excluded.n, amount = counted.amount + excluded.amount`;

/** A count of nothing is no row. A writer that waits for such a row inserts it anew. */
const dropEmpty = (table: 'event_counts_2s' | 'event_counts_15m') => `
  delete from ${table} where bucket >= $1::timestamptz and bucket < $2::timestamptz and n = 0 and amount = 0`;

export const CORRECT = { event_counts_2s: correct('event_counts_2s'), event_counts_15m: correct('event_counts_15m') };
export const DROP_EMPTY = {
  event_counts_2s: dropEmpty('event_counts_2s'),
  event_counts_15m: dropEmpty('event_counts_15m'),
};

export const UNFINISHED = `
select (extract(epoch from range_start) * 1000)::float8 as start, (extract(epoch from position) * 1000)::float8 as position,
       (extract(epoch from range_end) * 1000)::float8 as "end", corrected::float8 as corrected
from projection_rebuild where finished_at is null`;

export const SAVE_PROGRESS = `
insert into projection_rebuild (range_start, position, range_end, corrected, started_at, finished_at)
values ($1, $2, $3, $4, now(), null)
on conflict (id) do update set range_start = excluded.range_start, position = excluded.position,
  range_end = excluded.range_end, corrected = excluded.corrected, finished_at = null,
  started_at = case when projection_rebuild.finished_at is null then projection_rebuild.started_at else now() end`;

export const FINISH = `update projection_rebuild set position = $1, corrected = $2, finished_at = now()`;
