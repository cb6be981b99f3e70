import type { QueryConfig } from 'pg';
import { OTHER_CLICK_SQL, PLACED_CLICK_SQL } from '../../../events/domain/clicks-of-page.js';
import type { Grid } from '../../domain/grid.js';
import { BAND_PX } from '../../domain/scroll-bands.js';
import { DEVICE_SQL, ofDevice, ofPage, type Parameter, type Question, within } from './page-conditions.js';
import { STORAGE_BOUNDS } from './storage-bounds.sql.js';

/**
 * Each click becomes one number, so that the many rows are grouped once, by a plain integer, and by several processes at
 * once. The number holds the layer, the cell (one more for clicks without a place), the class of the device in 2 bits, and
 * the band of `scroll_y` in 11 bits (a million pixels are 2,000 bands). With 100 × 100 cells it stays below 2^28.
 */
export const BAND_BITS = 11;
export const DEVICE_BITS = 2;
/** The band of clicks that do not say how far the page was scrolled. */
export const NO_BAND = 2 ** BAND_BITS - 1;
const REST_BITS = BAND_BITS + DEVICE_BITS;
/** This bit of a cell's number is set for clicks that are not placed in the document. */
export const OTHER_LAYER = 2 ** 14;

/**
 * The cell of a click. It is computed with floor and not with width_bucket, so that it equals Math.floor at every border of
 * a cell, in every version of PostgreSQL.
 */
const cellOf = ({ rows, columns }: Grid) =>
  `least(floor(y * ${rows})::int, ${rows - 1}) * ${columns} + least(floor(x * ${columns})::int, ${columns - 1})`;

const keyOf = (cell: string) =>
  `((${cell}) << ${REST_BITS}) + (${DEVICE_SQL} << ${BAND_BITS}) + coalesce(scroll_y / ${BAND_PX}, ${NO_BAND})`;

/**
 * Counts clicks in one snapshot, together with the bounds that hold in it. It fits the index of placed clicks and that of
 * other clicks, and reads no row of the table. `rest` is device and band together, of both layers. For a union the planner
 * expects few groups, so each worker groups by itself. For one index alone it would expect as many groups as rows, and hand
 * all rows to one process.
 */
export function countClicks(question: Question, grid: Grid): QueryConfig {
  const values: unknown[] = [];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const conditions = [within(question.window, parameter), ofPage(question, parameter), ofDevice(question, parameter)];
  const keys = (cell: string, kind: string) =>
    `select ${keyOf(cell)} as key from events where ${[kind, ...conditions].join(' and ')}`;
  const anywhere = `${OTHER_LAYER} + case when x is null then ${grid.cells} else ${cellOf(grid)} end`;
  const pairs = (part: string) => `(
    select coalesce(json_agg(json_build_array(part, clicks)), '[]')
    from (select ${part} as part, sum(clicks) as clicks from counted group by 1) parts
  )`;
  const text = `
with counted as materialized (
  select key, count(*)::int as clicks
  from (
    ${keys(cellOf(grid), PLACED_CLICK_SQL)}
    union all
    ${keys(anywhere, `${OTHER_CLICK_SQL} and reaction is null`)}
  ) clicks
  group by key
)
select row_to_json(bounds) as bounds, ${pairs(`key >> ${REST_BITS}`)} as cells, ${pairs(`key & ${2 ** REST_BITS - 1}`)} as rest
from (${STORAGE_BOUNDS}) bounds`;
  return { text, values };
}
