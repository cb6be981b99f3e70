/**
 * Counts of one window from one snapshot, with the bounds that this snapshot holds to. Fits the primary keys of the counts and
 * events (occurred_at, event_key). $1–$10 are five half-open spans: quarters, two of 2 seconds, two of facts; they are
 * parameters and not a CTE, since a plan that does not know them scans everything (measured 0.6–1.3 s instead of 1 ms).
 * An empty span has equal ends. The label of a fact is what `countLabel` gives: the columns are set on their own type only.
 */
export const COUNT_WINDOW = `
select
  extract(epoch from bounds.retention_floor)::float8 * 1000 as retention_floor,
  extract(epoch from bounds.fine_horizon)::float8 * 1000 as fine_horizon,
  counted.event_type, counted.label, counted.events, counted.amount
from storage_bounds bounds
left join (
  select event_type, label, sum(n)::float8 as events, sum(amount)::text as amount
  from (
    select event_type, label, n, amount from event_counts_15m
      where bucket >= $1::timestamptz and bucket < $2::timestamptz
    union all
    select event_type, label, n, amount from event_counts_2s
      where bucket >= $3::timestamptz and bucket < $4::timestamptz
    union all
    select event_type, label, n, amount from event_counts_2s
      where bucket >= $5::timestamptz and bucket < $6::timestamptz
    union all
    select event_type, coalesce(reaction, currency, ''), 1, coalesce(amount, 0) from events
      where occurred_at >= $7::timestamptz and occurred_at < $8::timestamptz
    union all
    select event_type, coalesce(reaction, currency, ''), 1, coalesce(amount, 0) from events
      where occurred_at >= $9::timestamptz and occurred_at < $10::timestamptz
  ) parts
  group by event_type, label
) counted on true`;
