/** With the lock in hand: whoever is said to merge does not any more. */
export const END_ABANDONED = `
update region_merges set state = 'interrupted', finished_at = now(), detail = 'its process ended: the next merge goes on'
where state = 'running'`;

export const BEGIN = `
insert into region_merges (id, region, since, dry_run, actor, state, started_at) values ($1, $2, $3, $4, $5, 'running', now())`;

export const PROGRESS = `
update region_merges
set merged = $2, known = $3, restamped = $4, conflicts = $5, below_floor = $6, rejected = $7, dead_letters = $8,
  held_back_ms = $9, held_back_by = $10
where id = $1`;

export const END = `
update region_merges
set merged = $2, known = $3, restamped = $4, conflicts = $5, below_floor = $6, rejected = $7, dead_letters = $8,
  held_back_ms = $9, held_back_by = $10, state = $11, code = $12, detail = $13, finished_at = now()
where id = $1`;

/** One that is asked for counts as well. */
export const IS_DUE = `
select not exists (
  select from region_merges
  where region = $1 and not dry_run and since is null and started_at > now() - $2::float8 * interval '1 millisecond'
) as due`;

export const WATERMARK = `select watermark from region_watermarks where region = $1`;

export const ADVANCE = `
insert into region_watermarks as known (region, watermark, updated_at) values ($1, $2, now())
on conflict (region) do update set watermark = excluded.watermark, updated_at = excluded.updated_at`;

export const CAUGHT_UP = `update region_watermarks set merged_until = greatest(merged_until, $2) where region = $1`;
