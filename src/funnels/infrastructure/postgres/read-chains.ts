import type { QueryConfig, QueryResultRow } from 'pg';
import { DAY_MS, HOUR_MS, WEEK_MS } from '../../../events/domain/calendar.js';
import { RangeTooLong } from '../../../events/domain/counts/range-too-long.js';
import type { TimeRange } from '../../../events/domain/time-range.js';
import type { Database } from '../../../platform/postgres/database.js';
import { tookTooLong } from '../../../platform/postgres/sql-state.js';

/** The message for a query that takes too long. */
export interface Instead {
  /** The parameter to blame, which decided how long the window is. */
  readonly field: 'from' | 'period';
  /** A length that would do, as the client would ask for it: `84 h or less`. */
  readonly shorter: string;
}

/**
 * Runs a statement that puts facts in order, so that its time grows with the rows.
 *
 * @throws {RangeTooLong} past the time-out of reads
 */
export async function readChains<Row extends QueryResultRow>(
  database: Database,
  statement: QueryConfig,
  { field, shorter }: Instead,
  signal?: AbortSignal,
): Promise<Row[]> {
  try {
    return await database.read<Row>(statement, signal, 'slow');
  } catch (error) {
    if (!tookTooLong(error)) throw error;
    throw new RangeTooLong(
      field,
      `holds more events than can be put in order in the time that a read may take: ask for ${shorter}, or for what is rarer`,
    );
  }
}

const LENGTHS = [
  ['weeks', 4 * WEEK_MS, WEEK_MS],
  ['days', 4 * DAY_MS, DAY_MS],
  ['h', HOUR_MS, HOUR_MS],
  ['min', 0, 60_000],
] as const;

/** Half of the length, in the largest unit that fits into it, because the cost grows with the rows. */
export function halfOf({ start, end }: TimeRange): string {
  const half = (end - start) / 2;
  const [unit, , length] = LENGTHS.find(([, least]) => half >= least)!;
  return `${Math.max(1, Math.floor(half / length))} ${unit} or less`;
}
