import type { QueryConfig, QueryResultRow } from 'pg';
import { HOUR_MS } from '../../../events/domain/calendar.js';
import { RangeTooLong } from '../../../events/domain/counts/range-too-long.js';
import type { TimeRange } from '../../../events/domain/time-range.js';
import type { Database } from '../../../platform/postgres/database.js';
import { tookTooLong } from '../../../platform/postgres/sql-state.js';

/**
 * A statement that puts facts in order, so that it takes as long as there are rows.
 *
 * @param field the parameter to blame: what decided how long the window is
 * @throws {RangeTooLong} past the time-out of reads, with half the window as what would do: its cost is the rows in it
 */
export async function readChains<Row extends QueryResultRow>(
  database: Database,
  statement: QueryConfig,
  { start, end }: TimeRange,
  field: 'from' | 'period',
  signal?: AbortSignal,
): Promise<Row[]> {
  try {
    return await database.read<Row>(statement, signal, 'slow');
  } catch (error) {
    if (!tookTooLong(error)) throw error;
    const half = (end - start) / 2;
    const shorter =
      half >= HOUR_MS ? `${Math.floor(half / HOUR_MS)} h` : `${Math.max(1, Math.floor(half / 60_000))} min`;
    throw new RangeTooLong(
      field,
      `holds more events than can be put in order in the time that a read may take: ask for ${shorter} or less, or for what is rarer`,
    );
  }
}
