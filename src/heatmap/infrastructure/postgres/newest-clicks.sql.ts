import type { QueryConfig } from 'pg';
import { OTHER_CLICK_SQL, PLACED_CLICK_SQL } from '../../../events/domain/clicks-of-page.js';
import { formatInstant } from '../../../events/domain/timestamps.js';
import type { HeatmapSummary } from '../../application/answers/summary.answer.js';
import { ofDevice, ofPage, type Parameter, type Question, within } from './page-conditions.js';
import { STORAGE_BOUNDS } from './storage-bounds.sql.js';

type DrawnClick = HeatmapSummary['events'][number];

const COLUMNS = `occurred_at, event_key, x, y, viewport_width, viewport_height, document_width, document_height, scroll_y, target`;

/** The clicks column by column, each of the same length. */
export interface NewestRow {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly viewport_width: readonly (number | null)[];
  readonly viewport_height: readonly (number | null)[];
  readonly document_width: readonly (number | null)[];
  readonly document_height: readonly (number | null)[];
  readonly scroll_y: readonly (number | null)[];
  readonly fixed: readonly boolean[];
  readonly target: readonly ({ selector?: string; x?: number; y?: number } | null)[];
  /** Epoch milliseconds. */
  readonly at: readonly number[];
}

/** These columns are drawn of a click: their name, and their value. */
const DRAWN: Readonly<Record<keyof NewestRow, string>> = {
  x: 'x',
  y: 'y',
  viewport_width: 'viewport_width',
  viewport_height: 'viewport_height',
  document_width: 'document_width',
  document_height: 'document_height',
  scroll_y: 'scroll_y',
  fixed: 'fixed',
  target: 'target',
  at: `round(date_part('epoch', occurred_at) * 1000)`,
};

/**
 * Fits both indexes of clicks, each in its order. Only rows that are shown are read from the table. They are sent column by
 * column: an aggregate looks up once how its type is written, and a list or object of each click looks up all of its types again.
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
  const columns = Object.entries(DRAWN).map(([name, value]) => `coalesce(json_agg(${value}), '[]') as ${name}`);
  const text = `
select row_to_json(bounds) as bounds, clicks.*
from (${STORAGE_BOUNDS}) bounds, (
  select ${columns.join(', ')}
  from (
    select * from (
      ${layer(false, PLACED_CLICK_SQL)}
      union all
      ${layer(true, `${OTHER_CLICK_SQL} and reaction is null and x is not null`)}
    ) layers
    order by layers.occurred_at desc, event_key desc
    limit ${limit}
  ) newest
) clicks`;
  return { text, values };
}

export function drawnClicks(row: NewestRow): DrawnClick[] {
  return row.at.map((at, n) => {
    const target = row.target[n]!;
    return {
      x: row.x[n]!,
      y: row.y[n]!,
      viewport_width: row.viewport_width[n]!,
      viewport_height: row.viewport_height[n]!,
      document_width: row.document_width[n]!,
      document_height: row.document_height[n]!,
      scroll_y: row.scroll_y[n]!,
      fixed: row.fixed[n]!,
      target: target && { selector: target.selector ?? null, x: target.x ?? null, y: target.y ?? null },
      occurred_at: formatInstant(at),
    };
  });
}
