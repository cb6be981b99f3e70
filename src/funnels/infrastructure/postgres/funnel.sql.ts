import type { QueryConfig } from 'pg';
import { pageKeyOf } from '../../../events/domain/page-key.js';
import type { TimeRange } from '../../../events/domain/time-range.js';
import { timestamp } from '../../../platform/postgres/timestamp.js';
import type { FunnelQuestion } from '../../application/funnel-reader.port.js';
import { needsOf, subsets } from '../../domain/hall.js';
import type { Step } from '../../domain/step.js';

type Parameter = (value: unknown) => string;

/** A click is one that is neither a vote nor an interaction. Types stand in the text: a partial index is only considered for a constant. */
const KINDS: Readonly<Record<Step['kind'], string>> = {
  click: `event_type = 'click' and reaction is null and interaction is null`,
  view: `event_type = 'click' and interaction = 'view'`,
  conversion: `event_type = 'conversion'`,
  sale: `event_type = 'sale'`,
};

const onPage = (pageUrl: string, parameter: Parameter) =>
  `page_key = ${parameter(String(pageKeyOf(pageUrl)))}::bigint and page_url = ${parameter(pageUrl)}`;

const conditionOf = ({ kind, conversionType, pageUrl }: Step, parameter: Parameter) =>
  [
    KINDS[kind],
    ...(conversionType === null ? [] : [`conversion_type = ${parameter(conversionType)}`]),
    ...(pageUrl === null ? [] : [onPage(pageUrl, parameter)]),
  ].join(' and ');

/**
 * Everybody's best chain, from the facts, in one pass: a row per user and millisecond, each user's from the last to the first.
 * `n2` of a row is where its user's chain goes on when two steps are done: the times of steps 3, 4, … after the row, infinite where
 * there is none. It is the least of such arrays over the rows that stand before, since each begins with another time. Where the
 * window's rows are most of what there is, no index is faster than the sort.
 *
 * The arrays know nothing of `within`: a chain of earliest steps is also the one that is within the least, and is cut at the end.
 */
export function funnel(
  { steps, by, within, pageUrl }: FunnelQuestion,
  { start, end }: TimeRange,
  matureBefore: number,
): QueryConfig {
  const values: unknown[] = [];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const [from, to, until] = [start, end, end + within].map((ms) => `${parameter(timestamp(ms))}::timestamptz`);

  // The first step has a condition of its own: only it is bound to the window and to the page.
  const conditions = [`${conditionOf(steps[0]!, parameter)} and occurred_at < ${to}`];
  if (pageUrl !== null) conditions[0] += ` and ${onPage(pageUrl, parameter)}`;
  const later = [...new Set(steps.slice(1).map(({ name }) => name))];
  for (const name of later)
    conditions.push(
      conditionOf(
        steps.find((step) => step.name === name)!,
        parameter,
      ),
    );
  const numbered = steps.map(({ name, kind }, index) => ({
    condition: index === 0 ? 0 : later.indexOf(name) + 1,
    kind,
  }));

  const kinds = [...new Set(numbered.map(({ kind }) => kind))];
  const sets = kinds.flatMap((kind) =>
    subsets(
      [...new Set(numbered.filter((step) => step.kind === kind).map(({ condition }) => condition))].sort(
        (a, b) => a - b,
      ),
    ),
  );
  const column = (set: readonly number[]) => `c${set.join('_')}`;
  const counts = sets.map(
    (set) => `count(*) filter (where ${set.map((one) => `(${conditions[one]})`).join(' or ')}) as ${column(set)}`,
  );

  const last = steps.length;
  const serves = (first: number, through: number) =>
    needsOf(numbered, first, through - 1)
      .map((need) => `${column(need.conditions)} >= ${need.events}`)
      .join(' and ');
  /** The chain of a row when `done` steps are done before it; null where the row serves no further step. */
  const chain = (done: number) => {
    const cases = Array.from({ length: last - done }, (_, n) => last - n).map((through) => {
      const here = `array[${Array.from({ length: through - done }, () => 't').join(', ')}]`;
      const rest = Array.from({ length: last - through }, () => `'infinity'::timestamptz`).join(', ');
      return `when ${serves(done, through)} then ${here}${through === last ? '' : ` || coalesce(n${through}, array[${rest}])`}`;
    });
    return `case ${cases.join('\n        ')} end`;
  };
  const levels = Array.from({ length: last - 1 }, (_, n) => last - 1 - n).reduce(
    (rows, done) => `
    select *, min(${chain(done)}) over (partition by subject order by t desc rows between unbounded preceding and 1 preceding) as n${done}
    from (${rows}) l${done}`,
    'select * from moments',
  );
  const numbers = Array.from({ length: last }, (_, n) => n + 1);
  const reach = numbers
    .slice(1)
    .map((step) => `(chain[${step}] <= chain[1] + ${parameter(`${within} milliseconds`)}::interval)::int`)
    .join(' + ');
  const times = numbers
    .slice(1)
    .map(
      (step) =>
        `percentile_disc(array[0.5, 0.9]) within group (order by chain[${step}] - chain[${step - 1}]) filter (where reach >= ${step})`,
    );
  const text = `
with moments as materialized (
  select ${by}_id collate "C" as subject, occurred_at as t, count(*) filter (where occurred_at < ${to}) as inside,
    ${counts.join(',\n    ')}
  from events
  where occurred_at >= ${from} and occurred_at < ${until} and (${conditions.map((one) => `(${one})`).join(' or ')})
  group by 1, 2
), starts as (
  select subject, chain, 1 + ${reach} as reach
  from (
    select subject, ${chain(0)} as chain
    from (${levels}) moments
    where c0 > 0 and subject is not null
  ) chains
), best as (
  select max(reach) as reach,
    coalesce(${[...numbers]
      .reverse()
      .map((step) => `min(chain) filter (where reach = ${step})`)
      .join(', ')}) as chain
  from starts group by subject
), answer as (
  select array[${numbers.map((step) => `count(*) filter (where reach >= ${step})`).join(', ')}] as counts,
    count(*) filter (where chain[1] > ${parameter(timestamp(matureBefore))}::timestamptz)::float8 as maturing,
    ${times.map((time, n) => `${time} as p${n + 2}`).join(',\n    ')}
  from best
)
select to_json(counts) as counts, maturing,
  json_build_array(${numbers
    .slice(1)
    .map(
      (step) =>
        `json_build_array(${[1, 2].map((n) => `(extract(epoch from p${step}[${n}]) * 1000)::float8`).join(', ')})`,
    )
    .join(', ')}) as times,
  (select coalesce(sum(inside), 0)::float8 from moments where subject is null) as excluded,
  extract(epoch from retention_floor)::float8 * 1000 as retention_floor, extract(epoch from fine_horizon)::float8 * 1000 as fine_horizon
from answer cross join storage_bounds`;
  return { text, values };
}
