import type { QueryConfig } from 'pg';
import type { TimeRange } from '../../../events/domain/time-range.js';
import { timestamp } from '../../../platform/postgres/timestamp.js';

/**
 * Users by the interval of their first event and the intervals in which they came back. Fits, index only, (user_id, occurred_at) for
 * the first events; what somebody did in the window is read from the rows, since no index knows scrolls. `interval` is null in
 * the rows that count whole cohorts.
 *
 * @param floor facts below it may be on their way out, epoch milliseconds
 */
export function retention({ start, end }: TimeRange, starts: readonly number[], floor: number): QueryConfig {
  const values = [timestamp(floor), timestamp(start), timestamp(end), starts.map(timestamp)];
  const text = `
with first as materialized (
  select user_id, min(occurred_at) as at from events
  where user_id is not null and occurred_at >= $1::timestamptz and occurred_at < $3::timestamptz
  group by user_id
  having min(occurred_at) >= $2::timestamptz
), active as (
  select user_id, width_bucket(occurred_at, $4::timestamptz[]) - 1 as interval from events
  where user_id is not null and interaction is distinct from 'scroll'
    and occurred_at >= $2::timestamptz and occurred_at < $3::timestamptz
  group by 1, 2
), cohorts as (
  select user_id, width_bucket(at, $4::timestamptz[]) - 1 as cohort from first
), counted as (
  select cohort, null::int as interval, count(*) as users from cohorts group by cohort
  union all
  select cohort, interval, count(*) from cohorts join active using (user_id) where interval > cohort group by cohort, interval
)
select (select coalesce(json_agg(json_build_object('cohort', cohort, 'interval', interval, 'users', users)), '[]') from counted) as counts,
  extract(epoch from retention_floor)::float8 * 1000 as retention_floor, extract(epoch from fine_horizon)::float8 * 1000 as fine_horizon
from storage_bounds`;
  return { text, values };
}
