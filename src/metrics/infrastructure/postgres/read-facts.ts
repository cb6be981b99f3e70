import type { QueryConfig, QueryResultRow } from 'pg';
import { HOUR_MS } from '../../../events/domain/calendar.js';
import type { TimeRange } from '../../../events/domain/time-range.js';
import type { Database } from '../../../platform/postgres/database.js';
import { tookTooLong } from '../../../platform/postgres/sql-state.js';
import { RangeTooLong } from '../../../events/domain/counts/range-too-long.js';

/**
 * Runs a statement that reads facts. It is a slow one even with an index, because its time grows with the rows.
 *
 * @throws {RangeTooLong} past the time-out of reads. It proposes half the window, because the cost grows with the rows in it
 */
export async function readFacts<Row extends QueryResultRow>(
  database: Database,
  statement: QueryConfig,
  { start, end }: TimeRange,
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
      'from',
      `holds more events than can be counted one by one in the time that a read may take: ask for ${shorter} or less, or add a filter that has an index (user_id, event_type, page_url)`,
    );
  }
}
