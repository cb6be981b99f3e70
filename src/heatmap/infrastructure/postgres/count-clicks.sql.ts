import type { QueryConfig } from 'pg';
import { OTHER_CLICK_SQL, PLACED_CLICK_SQL } from '../../../events/domain/clicks-of-page.js';
import type { Grid } from '../../domain/grid.js';
import { BAND_BITS, NO_BAND, OTHER_LAYER, REST, REST_BITS } from '../../domain/packed-clicks.js';
import { BAND_PX } from '../../domain/scroll-bands.js';
import { DEVICE_SQL, ofDevice, ofPage, type Parameter, type Question, within } from './page-conditions.js';
import { STORAGE_BOUNDS } from './storage-bounds.sql.js';

/**
 * The cell of a click. It is computed with floor and not with width_bucket, so that it equals Math.floor at every border of
 * a cell, in every version of PostgreSQL.
 */
const cellOf = ({ rows, columns }: Grid) =>
  `least(floor(y * ${rows})::int, ${rows - 1}) * ${columns} + least(floor(x * ${columns})::int, ${columns - 1})`;

const keyOf = (cell: string) =>
  `((${cell}) << ${REST_BITS}) + (${DEVICE_SQL} << ${BAND_BITS}) + coalesce(scroll_y / ${BAND_PX}, ${NO_BAND})`;

/** A click of the document layer as one number (packed-clicks.ts). */
export const placedClick = (grid: Grid) => keyOf(cellOf(grid));
/** The same of any other click. */
export const otherClick = (grid: Grid) =>
  keyOf(`${OTHER_LAYER} + case when x is null then ${grid.cells} else ${cellOf(grid)} end`);

/**
 * Counts clicks in one snapshot, together with the bounds that hold in it. Each click is a plain number, so that the many
 * rows are grouped once, and by several processes. It fits the index of placed clicks and that of other clicks, and reads no
 * row of the table. `rest` is device and band together, of both layers. For a union the planner expects few groups, so each
 * worker groups by itself. For one index alone it would expect as many groups as rows, and hand all rows to one process.
 */
export function countClicks(question: Question, grid: Grid): QueryConfig {
  const values: unknown[] = [];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const conditions = [within(question.window, parameter), ofPage(question, parameter), ofDevice(question, parameter)];
  const keys = (cell: string, kind: string) =>
    `select ${cell} as key from events where ${[kind, ...conditions].join(' and ')}`;
  const pairs = (part: string) => `(
    select coalesce(json_agg(json_build_array(part, clicks)), '[]')
    from (select ${part} as part, sum(clicks) as clicks from counted group by 1) parts
  )`;
  const text = `
with counted as materialized (
  select key, count(*)::int as clicks
  from (
    ${keys(placedClick(grid), PLACED_CLICK_SQL)}
    union all
    ${keys(otherClick(grid), `${OTHER_CLICK_SQL} and reaction is null`)}
  ) clicks
  group by key
)
select row_to_json(bounds) as bounds, ${pairs(`key >> ${REST_BITS}`)} as cells, ${pairs(`key & ${REST}`)} as rest
from (${STORAGE_BOUNDS}) bounds`;
  return { text, values };
}
