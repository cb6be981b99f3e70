import type { QueryConfig } from 'pg';
import { OTHER_CLICK_SQL, PLACED_CLICK_SQL } from '../../../events/domain/clicks-of-page.js';
import { formatInstant } from '../../../events/domain/timestamps.js';
import type { HeatmapSummary } from '../../application/answers/summary.answer.js';
import { ofDevice, ofPage, type Parameter, type Question, within } from './page-conditions.js';
import { STORAGE_BOUNDS } from './storage-bounds.sql.js';

type DrawnClick = HeatmapSummary['events'][number];

const COLUMNS = `occurred_at, event_key, x, y, viewport_width, viewport_height, document_width, document_height, scroll_y, target`;

/** A click as it is drawn, without names; `bounds` stand in the first row alone. */
export interface NewestRow {
  readonly x: number;
  readonly y: number;
  readonly viewport_width: number | null;
  readonly viewport_height: number | null;
  readonly document_width: number | null;
  readonly document_height: number | null;
  readonly scroll_y: number | null;
  readonly fixed: boolean;
  readonly has_target: boolean;
  readonly selector: string | null;
  readonly target_x: number | null;
  readonly target_y: number | null;
  /** Epoch milliseconds; null: this row holds the bounds, and no click. */
  readonly at: number | null;
}

/**
 * Fits both indexes of clicks, each in its order. Only rows that are shown are read from the table. They are sent as rows and
 * not as JSON, which takes PostgreSQL twice as long as to find them.
 */
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
select case when row_number() over (order by occurred_at desc, event_key desc) = 1 then row_to_json(bounds) end as bounds,
  x, y, viewport_width, viewport_height, document_width, document_height, scroll_y, fixed,
  target is not null as has_target, target ->> 'selector' as selector,
  (target ->> 'x')::float8 as target_x, (target ->> 'y')::float8 as target_y,
  round(date_part('epoch', occurred_at) * 1000) as at
from (${STORAGE_BOUNDS}) bounds left join (
  select * from (
    ${layer(false, PLACED_CLICK_SQL)}
    union all
    ${layer(true, `${OTHER_CLICK_SQL} and reaction is null and x is not null`)}
  ) layers
  order by layers.occurred_at desc, event_key desc
  limit ${limit}
) clicks on true
order by occurred_at desc, event_key desc`;
  return { text, values };
}

export const drawnClick = ({
  has_target,
  selector,
  target_x,
  target_y,
  at,
  fixed,
  ...sizes
}: NewestRow & { readonly at: number }): DrawnClick => ({
  x: sizes.x,
  y: sizes.y,
  viewport_width: sizes.viewport_width,
  viewport_height: sizes.viewport_height,
  document_width: sizes.document_width,
  document_height: sizes.document_height,
  scroll_y: sizes.scroll_y,
  fixed,
  target: has_target ? { selector, x: target_x, y: target_y } : null,
  occurred_at: formatInstant(at),
});
