import type { QueryConfig } from 'pg';
import { OTHER_CLICK_SQL, PLACED_CLICK_SQL } from '../../../events/domain/clicks-of-page.js';
import type { Grid } from '../../domain/grid.js';
import { BAND_PX } from '../../domain/scroll-bands.js';
import { DEVICE_SQL, ofDevice, ofPage, type Parameter, type Question, within } from './page-conditions.js';
import { STORAGE_BOUNDS } from './storage-bounds.sql.js';

/**
 * A click becomes one number, so that the many rows are grouped once, by a plain integer, and by several processes at once: the cell
 * (one more for clicks without a place), the class of the device in 2 bits, the band of scroll_y in 11 (a million pixels are 2,000
 * bands). With 100 × 100 cells it stays below 2^27.
 */
export const BAND_BITS = 11;
export const DEVICE_BITS = 2;
/** Of clicks that do not say how far the page was scrolled. */
export const NO_BAND = 2 ** BAND_BITS - 1;
const REST_BITS = BAND_BITS + DEVICE_BITS;

/** Floor and not width_bucket: the same arithmetic as Math.floor, at every border of a cell and in every version of PostgreSQL. */
function keyOf({ rows, columns, cells }: Grid): string {
  const row = `least(floor(y * ${rows})::int, ${rows - 1})`;
  const column = `least(floor(x * ${columns})::int, ${columns - 1})`;
  const cell = `case when x is null then ${cells} else ${row} * ${columns} + ${column} end`;
  return `((${cell}) << ${REST_BITS}) + ((${DEVICE_SQL}) << ${BAND_BITS}) + coalesce(scroll_y / ${BAND_PX}, ${NO_BAND})`;
}

/**
 * All counts of clicks, in one snapshot with the bounds that it holds to. Fits the index of placed clicks and that of other clicks,
 * each without a look at the table. `rest` is device and band together, of both.
 */
export function countClicks(question: Question, grid: Grid): QueryConfig {
  const values: unknown[] = [];
  const parameter: Parameter = (value) => `$${values.push(value)}`;
  const conditions = [
    within(question.window, parameter),
    ofPage(question, parameter),
    ofDevice(question, parameter),
  ].join(' and ');
  const counted = (kind: string) => `
    select key, count(*)::int as clicks
    from (select ${keyOf(grid)} as key from events where ${kind} and ${conditions}) clicks
    group by key`;
  const cells = (from: string) => `(
    select coalesce(json_agg(json_build_array(cell, clicks)), '[]')
    from (select key >> ${REST_BITS} as cell, sum(clicks) as clicks from ${from} group by 1) cells
  )`;
  const text = `
with placed as materialized (${counted(PLACED_CLICK_SQL)}
), other as materialized (${counted(`${OTHER_CLICK_SQL} and reaction is null`)}
)
select row_to_json(bounds) as bounds, ${cells('placed')} as placed, ${cells('other')} as other, (
    select coalesce(json_agg(json_build_array(rest, clicks)), '[]')
    from (
      select key & ${2 ** REST_BITS - 1} as rest, sum(clicks) as clicks
      from (select * from placed union all select * from other) both_layers group by 1
    ) rests
  ) as rest
from (${STORAGE_BOUNDS}) bounds`;
  return { text, values };
}
