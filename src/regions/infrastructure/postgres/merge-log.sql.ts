/** Runs with the lock in hand, so a merge that is marked as running has ended. */
export const END_ABANDONED = `
update region_merges set state = 'interrupted', finished_at = now(), detail = 'its process ended: the next merge goes on'
where state = 'running'`;

export const BEGIN = `
insert into region_merges (id, region, since, dry_run, actor, state, started_at) values ($1, $2, $3, $4, $5, 'running', now())`;

/**
 * Runs in one statement with the progress of the merge, and so in one commit. $1 is null if the merge does not move on, and $3
 * if it has not come to its end. The last merge that has says until when. That is never later than now, whatever the clock of
 * the other region says.
 */
const REACHED = `
with reached as (
  insert into region_watermarks as known (region, watermark, merged_until, updated_at)
  select $1::text, $2::text, case when $3::timestamptz is not null then least($3::timestamptz, now()) end, now() where $1::text is not null
  on conflict (region) do update
    set watermark = excluded.watermark, merged_until = coalesce(excluded.merged_until, known.merged_until), updated_at = excluded.updated_at
)`;

const FIGURES = `
merged = $5, known = $6, restamped = $7, conflicts = $8, below_floor = $9, rejected = $10, dead_letters = $11, held_back_ms = $12,
  held_back_by = $13`;

export const NOTE = `${REACHED} update region_merges set ${FIGURES} where id = $4`;

export const END = `
${REACHED} update region_merges set ${FIGURES}, state = $14, code = $15, detail = $16, finished_at = now() where id = $4`;

/** A merge that somebody asked for counts as well. */
export const IS_DUE = `
select not exists (
  select from region_merges
  where region = $1 and not dry_run and since is null and started_at > now() - $2::float8 * interval '1 millisecond'
) as due`;

export const WATERMARK = `select watermark from region_watermarks where region = $1`;
