import { KEPT_MS } from '../../domain/live-bin.js';

const MS = (at: string) => `(extract(epoch from ${at}) * 1000)::float8`;

/** One bin more than is kept, because the oldest one begins before the kept time. */
const OLDEST = `statement_timestamp() - interval '${KEPT_MS + 2_000} milliseconds'`;

/**
 * Fits the primary key of the counts. The clock is read with the counts. It is the time at which the statement arrived, so
 * nothing that was recorded before `now` is missing.
 */
export const RECENT_BINS = `
select ${MS('statement_timestamp()')} as now, counted.*
from (select 1) one
left join (
  select ${MS('bucket')} as start,
    coalesce(sum(n) filter (where event_type = 'click' and label = ''), 0)::float8 as clicks,
    coalesce(sum(n) filter (where event_type = 'conversion'), 0)::float8 as conversions,
    coalesce(sum(n) filter (where event_type = 'sale'), 0)::float8 as sales,
    coalesce(sum(n) filter (where event_type = 'click' and label = 'cheers'), 0)::float8 as cheers,
    coalesce(sum(n) filter (where event_type = 'click' and label = 'hate'), 0)::float8 as hate
  from event_counts_2s
  where bucket >= ${OLDEST} and bucket <= statement_timestamp()
  group by bucket
) counted on true`;

const BY_REACTION = `
  coalesce(sum(n) filter (where label = 'cheers'), 0)::float8 as cheers,
  coalesce(sum(n) filter (where label = 'hate'), 0)::float8 as hate`;

const VOTES = `event_type = 'click' and label in ('cheers', 'hate')`;

/** Fits the index of the votes. Counts per quarter-hour stay when their events are dropped. */
export const TOTALS = `select ${BY_REACTION} from event_counts_15m where ${VOTES}`;

/**
 * Counts votes later than $1: whole quarter-hours from $3, before them counts per 2 seconds from $2, and the edge from the
 * facts. If the counts per 2 seconds are no longer kept, the whole edge is counted from the facts.
 */
export const TOTALS_SINCE = `
select ${BY_REACTION}
from (
  select label, n from event_counts_15m where ${VOTES} and bucket >= $3::timestamptz
  union all
  select label, n from event_counts_2s
  where ${VOTES} and bucket >= $2::timestamptz and bucket < $3::timestamptz
    and (select fine_horizon from storage_bounds) <= $2::timestamptz
  union all
  select reaction, 1 from events
  where reaction is not null and occurred_at > $1::timestamptz and occurred_at < $3::timestamptz
    and (occurred_at < $2::timestamptz or (select fine_horizon from storage_bounds) > $2::timestamptz)
) votes`;

export const RECENT_VOTES = `
select reaction, ${MS('occurred_at')} as "occurredAt" from events
where reaction is not null and occurred_at > statement_timestamp() - interval '120 seconds' and occurred_at <= statement_timestamp()
order by occurred_at desc
limit $1`;
