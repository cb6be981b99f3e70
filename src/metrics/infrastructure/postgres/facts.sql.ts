import type { QueryConfig } from 'pg';
import type { EventType } from '../../../events/domain/incoming-event.js';
import type { TimeRange } from '../../../events/domain/time-range.js';
import { QUARTER_HOUR_MS, startOfBucket } from '../../../events/domain/counts/count-buckets.js';
import { timestamp } from '../../../platform/postgres/timestamp.js';
import { isUnfiltered, type MetricsFilter, NO_FILTER } from '../../domain/metrics-filter.js';
import { STORAGE_BOUNDS } from './storage-bounds.sql.js';
import { factConditions, type Parameter } from './fact-conditions.js';

/**
 * Every statement here reads the facts and their floor in one snapshot. The statements have no names, so that their plans
 * know the values, prune partitions and guess well. (With the floor as a subquery in the condition they took twice the
 * time.)
 */
interface Question {
  readonly window: TimeRange;
  readonly filter: MetricsFilter;
}

/** @param answer a subquery of one row over `events` under these conditions */
function statement(question: Question, answer: (conditions: string, parameter: Parameter) => string): QueryConfig {
  const values: unknown[] = [];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const { start, end } = question.window;
  const within = `occurred_at >= ${parameter(timestamp(start))}::timestamptz and occurred_at < ${parameter(timestamp(end))}::timestamptz`;
  const conditions = `${within} and (${factConditions(question.filter, parameter).join(' or ')})`;
  const text = `select row_to_json(bounds) as bounds, answer.* from (${STORAGE_BOUNDS}) bounds cross join (${answer(conditions, parameter)}) answer`;
  return { text, values };
}

const USERS = `
  select count(*)::float8 as "any", count(*) filter (where click)::float8 as click, count(*) filter (where vote)::float8 as vote,
    count(*) filter (where conversion)::float8 as conversion, count(*) filter (where sale)::float8 as sale,
    count(*) filter (where click and conversion)::float8 as clicked_and_converted`;

/**
 * Groups by user first, and then counts. Views and scrolls make nobody a user that counts. The answer says in `interactions`
 * whether the window, in whole quarter-hours, holds any, from the same snapshot.
 *
 * @param interactions whether some are expected. No index holds them, so users are then counted from the rows. If they are
 * expected wrongly, they only cost time. If they are not expected and the answer says `interactions`, the figures are wrong
 */
export const distinctUsers = (question: Question, interactions: boolean) =>
  statement(question, (conditions, parameter) => {
    const users = isUnfiltered(question.filter) && !interactions ? usersFromIndexes : usersFromRows;
    const { start, end } = question.window;
    const [from, to] = [startOfBucket(start, QUARTER_HOUR_MS), end].map((ms) => parameter(timestamp(ms)));
    return `select users.*, exists (
      select from event_counts_15m where bucket >= ${from}::timestamptz and bucket < ${to}::timestamptz
        and event_type = 'click' and label in ('view', 'scroll')) as interactions
    from (${users(conditions)}) users`;
  });

/**
 * Counts users who clicked. A user clicked if they have more events than conversions, sales and votes together. So the many
 * clicks are only counted, and by an index: this takes 0.42 × the time of count(distinct) over two windows at 10 M rows;
 * from the rows themselves it takes 0.78 ×. It counts every click that is no vote. Fits, index only, (user_id, occurred_at),
 * the rare types include (user_id), and votes by (occurred_at) include (user_id).
 */
const usersFromIndexes = (conditions: string) => `${USERS}
  from (
    select every.events > coalesce(rare.events, 0) + coalesce(votes.events, 0) as click, votes.events > 0 as vote,
      rare.conversions > 0 as conversion, rare.events > rare.conversions as sale
    from (
      select user_id, count(*) as events from events where user_id is not null and ${conditions} group by user_id
    ) every
    left join (
      select user_id, count(*) as events, count(*) filter (where event_type = 'conversion') as conversions
      from events where event_type <> 'click' and user_id is not null and ${conditions} group by user_id
    ) rare using (user_id)
    left join (
      select user_id, count(*) as events
      from events where reaction is not null and user_id is not null and ${conditions} group by user_id
    ) votes using (user_id)
  ) users`;

const usersFromRows = (conditions: string) => `${USERS}
  from (
    select kinds & 1 > 0 as click, kinds & 2 > 0 as vote, kinds & 4 > 0 as conversion, kinds & 8 > 0 as sale
    from (
      select bit_or(case event_type when 'click' then case when reaction is null then 1 else 2 end when 'conversion' then 4 else 8 end) as kinds
      from events where user_id is not null and interaction is null and ${conditions}
      group by user_id
    ) by_user
  ) users`;

/** Fits (event_type, occurred_at) include (amount, currency) of the rare types. Percentiles by nearest rank: each is an amount that was paid. */
export const saleAmounts = (question: Question, bounds: readonly string[]) =>
  statement(
    question,
    (conditions, parameter) => `
  with sale as materialized (
    select currency, amount, width_bucket(amount, ${parameter(bounds)}::numeric[]) as bucket
    from events where event_type = 'sale' and amount is not null and ${conditions}
  )
  select coalesce(json_agg(json_build_object('currency', currency, 'sales', sales, 'p50', p[1]::text, 'p95', p[2]::text, 'p99', p[3]::text,
    'histogram', histogram) order by currency), '[]') as amounts
  from (
    select currency, count(*) as sales, percentile_disc(array[0.5, 0.95, 0.99]) within group (order by amount) as p
    from sale group by currency
  ) percentiles
  join (
    select currency, json_agg(json_build_object('bound', bucket - 1, 'sales', sales) order by bucket) as histogram
    from (select currency, bucket, count(*) as sales from sale group by currency, bucket) buckets group by currency
  ) histograms using (currency)`,
  );

const ranking = (column: 'conversion_type' | 'page_url', question: Question, what: string, limit: number) =>
  statement(
    question,
    (conditions, parameter) => `
  with ranked as materialized (
    select ${column} as name, count(*) as events from events where ${what} and ${conditions} group by ${column}
  )
  select (select coalesce(sum(events), 0)::float8 from ranked) as events, (select count(*)::float8 from ranked) as names,
    (select coalesce(json_agg(json_build_object('name', name, 'events', events) order by events desc, name), '[]')
     from (select * from ranked order by events desc, name limit ${parameter(limit)}) first) as top`,
  );

/** Fits (event_type, occurred_at) include (conversion_type). */
export const conversionTypes = (question: Question, limit: number) =>
  ranking('conversion_type', question, `event_type = 'conversion'`, limit);

export const topPages = (window: TimeRange, eventType: EventType, limit: number) =>
  ranking(
    'page_url',
    { window, filter: NO_FILTER },
    `event_type = '${eventType}' and reaction is null and interaction is null and page_url is not null`,
    limit,
  );
