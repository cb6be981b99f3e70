import type { QueryConfig } from 'pg';
import { OTHER_CLICK_SQL, PLACED_CLICK_SQL } from '../../../events/domain/clicks-of-page.js';
import { ofDevice, ofPage, type Parameter, type Question, within } from './page-conditions.js';
import { STORAGE_BOUNDS } from './storage-bounds.sql.js';

const COLUMNS = `occurred_at, event_key, x, y, viewport_width, viewport_height, document_width, document_height, scroll_y, target`;

/** Fits both indexes of clicks, each in its order. Only rows that are shown are read from the table. */
export function newestClicks(question: Question, most: number): QueryConfig {
  const values: unknown[] = [];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const conditions = [
    within(question.window, parameter),
    ofPage(question, parameter),
    ofDevice(question, parameter),
  ].join(' and ');
  const limit = parameter(most);
  const layer = (fixed: boolean, kind: string) =>
    `(select ${COLUMNS}, ${fixed} as fixed from events where ${kind} and ${conditions} order by occurred_at desc, event_key desc limit ${limit})`;
  const text = `
select row_to_json(bounds) as bounds, (select coalesce(json_agg(clicks), '[]') from (
    select x, y, viewport_width, viewport_height, document_width, document_height, scroll_y, fixed,
      case when target is not null then json_build_object('selector', target -> 'selector', 'x', target -> 'x', 'y', target -> 'y') end as target,
      to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as occurred_at
    from (
      ${layer(false, PLACED_CLICK_SQL)}
      union all
      ${layer(true, `${OTHER_CLICK_SQL} and reaction is null and x is not null`)}
    ) layers
    order by layers.occurred_at desc, event_key desc
    limit ${limit}
  ) clicks) as events
from (${STORAGE_BOUNDS}) bounds`;
  return { text, values };
}
