/** Contents in which regions contradict each other, in the order of their keys, after ($1, $2, $3). */
export const NEXT_CONFLICTS = `
select event_key::text as "eventKey", event_type as "eventType", fingerprint::text as fingerprint, content
from region_conflicts
where (event_key, event_type, fingerprint) > ($1::uuid, $2::text, $3::bigint)
order by region_conflicts.event_key, region_conflicts.event_type, region_conflicts.fingerprint
limit $4`;

export const CONFLICTS_OF_USER = `
select event_key::text as "eventKey", event_type as "eventType", fingerprint::text as fingerprint, content
from region_conflicts where content::jsonb ->> 'user_id' = $1
order by region_conflicts.event_key, region_conflicts.event_type, region_conflicts.fingerprint`;

/** A content is replaced by the part of it that names nobody. Contents that are then equal become one. */
export const ERASE_CONFLICTS = `
with gone as (
  delete from region_conflicts using unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::text[])
    as erased (event_key, event_type, fingerprint, left_fingerprint, left_content)
  where region_conflicts.event_key = erased.event_key and region_conflicts.event_type = erased.event_type
    and region_conflicts.fingerprint = erased.fingerprint
  returning erased.event_key, erased.event_type, left_fingerprint, left_content, first_seen
)
insert into region_conflicts (event_key, event_type, fingerprint, event_id, content, first_seen)
select event_key, event_type, left_fingerprint, event_key::text, min(left_content), min(first_seen) from gone
group by event_key, event_type, left_fingerprint
order by 1, 2, 3
on conflict do nothing`;
