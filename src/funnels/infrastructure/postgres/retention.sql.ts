import type { QueryConfig } from 'pg';
import type { TimeRange } from '../../../events/domain/time-range.js';
import { timestamp } from '../../../platform/postgres/timestamp.js';

/** The bits of a bigint without its sign. */
const BITS = 63;

/**
 * Counts users by the interval of their first event and by the intervals in which they came back. One pass over the window's
 * rows leaves a row for each user, with a bit for each interval. Only these users are looked up before the window, newest
 * week first, by (user_id, occurred_at): a user who is found there had the first event earlier. So the time grows with the
 * events and users of the window, and not with the history. (The rows themselves are read, because no index knows scrolls.)
 *
 * @param starts where the intervals begin, ascending
 * @param floor facts below it may be deleted at this moment, epoch milliseconds
 */
export function retention({ start, end }: TimeRange, starts: readonly number[], floor: number): QueryConfig {
  const values: unknown[] = [];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const [kept, from, to] = [floor, start, end].map((ms) => `${parameter(timestamp(ms))}::timestamptz`);
  const intervals = `${parameter(starts.map(timestamp))}::timestamptz[]`;
  const words = Array.from({ length: Math.ceil(starts.length / BITS) }, (_, word) => {
    const [first, beyond] = [word * BITS, (word + 1) * BITS];
    const bit = `1::bigint << (width_bucket(occurred_at, ${intervals}) - ${first + 1})`;
    const isInIt = [
      `interaction is distinct from 'scroll'`,
      ...(first > 0 ? [`occurred_at >= ${parameter(timestamp(starts[first]!))}::timestamptz`] : []),
      ...(beyond < starts.length ? [`occurred_at < ${parameter(timestamp(starts[beyond]!))}::timestamptz`] : []),
    ];
    return `bit_or(${bit}) filter (where ${isInIt.join(' and ')}) as word${word}`;
  });
  const cameBack = starts.map((_, n) => `count(*) filter (where word${Math.floor(n / BITS)} >> ${n % BITS} & 1 = 1)`);
  const text = `
with seen as (
  select user_id, min(occurred_at) as first_at, ${words.join(', ')}
  from events
  where user_id is not null and occurred_at >= ${from} and occurred_at < ${to}
  group by user_id
), cohorts as (
  select width_bucket(first_at, ${intervals}) - 1 as cohort, count(*) as users, array[${cameBack.join(', ')}] as back
  from seen
  left join lateral (
    select true as known from events
    where events.user_id = seen.user_id and occurred_at >= ${kept} and occurred_at < ${from}
    order by occurred_at desc limit 1
  ) older on true
  where known is null
  group by 1
)
select (select coalesce(json_agg(json_build_object('cohort', cohort, 'users', users, 'back', back)), '[]') from cohorts) as counts,
  extract(epoch from retention_floor)::float8 * 1000 as retention_floor, extract(epoch from fine_horizon)::float8 * 1000 as fine_horizon
from storage_bounds`;
  return { text, values };
}
