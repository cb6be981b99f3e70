import { bucketSql, FINE_BUCKET_MS, QUARTER_HOUR_MS } from '../../../domain/counts/count-buckets.js';
import { COUNT_LABEL_SQL } from '../../../domain/counts/count-label.js';

/**
 * Rows of counts that the facts of [$1, $2) contradict, the first $3 of them (null: all), and how many facts there are: one
 * statement, so one snapshot. Times that one side no longer holds are left out: below the retention floor there are no facts, below
 * the horizon no 2-second counts. Fits events (occurred_at, event_key) and the primary keys of the counts.
 */
export const COMPARE_COUNTS = `
with bounds as materialized (select retention_floor, fine_horizon from storage_bounds),
facts as materialized (
  select ${bucketSql('occurred_at', FINE_BUCKET_MS)} as bucket, event_type, ${COUNT_LABEL_SQL} as label,
         count(*) as n, coalesce(sum(amount), 0) as amount
  from events
  where occurred_at >= $1::timestamptz and occurred_at < $2::timestamptz
  group by 1, 2, 3),
expected as (
  select 'event_counts_2s' as projection, bucket, event_type, label, n, amount from facts
  union all
  select 'event_counts_15m', ${bucketSql('bucket', QUARTER_HOUR_MS)}, event_type, label, sum(n)::bigint, sum(amount)
  from facts group by 2, 3, 4),
found as (
  select 'event_counts_2s' as projection, bucket, event_type, label, n, amount from event_counts_2s
  where bucket >= $1::timestamptz and bucket < $2::timestamptz
  union all
  select 'event_counts_15m', bucket, event_type, label, n, amount from event_counts_15m
  where bucket >= $1::timestamptz and bucket < $2::timestamptz),
different as (
  select projection, bucket, event_type, label, expected.n as expected_n, expected.amount as expected_amount,
         found.n as found_n, found.amount as found_amount
  from expected full join found using (projection, bucket, event_type, label)
  where (expected.n, expected.amount) is distinct from (found.n, found.amount)
    and bucket >= (select case projection when 'event_counts_2s' then greatest(retention_floor, fine_horizon)
                                          else retention_floor end from bounds)
  order by bucket, projection, event_type, label
  limit $3)
select (select coalesce(sum(n), 0)::float8 from facts) as facts, projection,
       (extract(epoch from bucket) * 1000)::float8 as bucket, event_type, label,
       expected_n::text as expected_n, expected_amount::text as expected_amount,
       found_n::text as found_n, found_amount::text as found_amount
from (values (1)) one left join different on true`;

const LOOKS = (bound: string, aggregate: 'min' | 'max') => `
  (select ${aggregate}(occurred_at) from events where ${bound.replaceAll('?', 'occurred_at')}),
  (select ${aggregate}(bucket) from event_counts_2s where ${bound.replaceAll('?', 'bucket')}),
  (select ${aggregate}(bucket) from event_counts_15m where ${bound.replaceAll('?', 'bucket')})`;

/** First and last instant with a fact or a count, from the retention floor on. */
export const EXTENT = `
select (extract(epoch from least(${LOOKS('? >= $1::timestamptz', 'min')})) * 1000)::float8 as first,
       (extract(epoch from greatest(${LOOKS('? >= $1::timestamptz', 'max')})) * 1000)::float8 as last`;

/** First instant with a fact or a count at or after $1. */
export const NEXT_INSTANT = `
select (extract(epoch from least(${LOOKS('? >= $1::timestamptz', 'min')})) * 1000)::float8 as instant`;

export const RETENTION_FLOOR = `select (extract(epoch from retention_floor) * 1000)::float8 as floor from storage_bounds`;
