import type { QueryConfig } from 'pg';
import { OTHER_CLICK_SQL, PLACED_CLICK_SQL } from '../../../events/domain/clicks-of-page.js';
import { formatInstant } from '../../../events/domain/timestamps.js';
import type { HeatmapSummary } from '../../application/answers/summary.answer.js';
import { ofDevice, ofPage, type Parameter, type Question, within } from './page-conditions.js';
import { STORAGE_BOUNDS } from './storage-bounds.sql.js';

type DrawnClick = HeatmapSummary['events'][number];

const COLUMNS = `occurred_at, event_key, x, y, viewport_width, viewport_height, document_width, document_height, scroll_y, target`;

/** A click as it is drawn, without names. `at` is in epoch milliseconds. */
type ClickValues = readonly [
  x: number,
  y: number,
  viewportWidth: number | null,
  viewportHeight: number | null,
  documentWidth: number | null,
  documentHeight: number | null,
  scrollY: number | null,
  fixed: boolean,
  hasTarget: boolean,
  selector: string | null,
  targetX: number | null,
  targetY: number | null,
  at: number,
];

export interface NewestRow {
  readonly clicks: readonly ClickValues[];
}

/**
 * Fits both indexes of clicks, each in its order. Only rows that are shown are read from the table. They are sent as
 * lists of values: with names PostgreSQL took twice as long, and as rows Node did.
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
select row_to_json(bounds) as bounds, (
  select coalesce(json_agg(json_build_array(x, y, viewport_width, viewport_height, document_width, document_height, scroll_y,
    fixed, target is not null, target ->> 'selector', target -> 'x', target -> 'y', round(date_part('epoch', occurred_at) * 1000))), '[]')
  from (
    select * from (
      ${layer(false, PLACED_CLICK_SQL)}
      union all
      ${layer(true, `${OTHER_CLICK_SQL} and reaction is null and x is not null`)}
    ) layers
    order by layers.occurred_at desc, event_key desc
    limit ${limit}
  ) clicks
) as clicks
from (${STORAGE_BOUNDS}) bounds`;
  return { text, values };
}

export function drawnClick(values: ClickValues): DrawnClick {
  const [x, y, viewport_width, viewport_height, document_width, document_height, scroll_y, fixed, ...target] = values;
  const [hasTarget, selector, targetX, targetY, at] = target;
  return {
    x,
    y,
    viewport_width,
    viewport_height,
    document_width,
    document_height,
    scroll_y,
    fixed,
    target: hasTarget ? { selector, x: targetX, y: targetY } : null,
    occurred_at: formatInstant(at),
  };
}
