import type { ClientBase, Pool } from 'pg';
import {
  type CountDifference,
  Projections,
  type SliceComparison,
} from '../../../application/projections/projections.port.js';
import { QUARTER_HOUR_MS, startOfBucket } from '../../../domain/counts/count-buckets.js';
import { TimeRange } from '../../../domain/time-range.js';
import { COMPARE_COUNTS, EXTENT, NEXT_INSTANT, RETENTION_FLOOR } from './compare-counts.sql.js';
import { timestamp } from '../../../../platform/postgres/timestamp.js';

interface DifferenceRow {
  readonly facts: number;
  readonly projection: CountDifference['projection'] | null;
  readonly bucket: number;
  readonly event_type: string;
  readonly label: string;
  readonly expected_n: string | null;
  readonly expected_amount: string;
  readonly found_n: string | null;
  readonly found_amount: string;
}

export class PostgresProjections extends Projections {
  constructor(private readonly connection: Pool | ClientBase) {
    super();
  }

  async extent(): Promise<TimeRange | null> {
    const floor = (await this.connection.query<{ floor: number }>(RETENTION_FLOOR)).rows[0]!.floor;
    const { rows } = await this.connection.query<{ first: number | null; last: number | null }>(EXTENT, [
      timestamp(floor),
    ]);
    const { first, last } = rows[0]!;
    if (first === null || last === null) return null;
    return TimeRange.halfOpen(quarterOf(first), quarterOf(last) + QUARTER_HOUR_MS);
  }

  async next(instant: number): Promise<number | null> {
    const { rows } = await this.connection.query<{ instant: number | null }>(NEXT_INSTANT, [timestamp(instant)]);
    const found = rows[0]!.instant;
    return found === null ? null : Math.max(instant, quarterOf(found));
  }

  async compare(slice: TimeRange, most?: number): Promise<SliceComparison> {
    const { rows } = await this.connection.query<DifferenceRow>(COMPARE_COUNTS, [
      timestamp(slice.start),
      timestamp(slice.end),
      most ?? null,
    ]);
    return { facts: rows[0]!.facts, differences: rows.flatMap((row) => differenceOf(row) ?? []) };
  }
}

const quarterOf = (instant: number) => startOfBucket(instant, QUARTER_HOUR_MS);

function differenceOf(row: DifferenceRow): CountDifference | null {
  if (row.projection === null) return null;
  return {
    projection: row.projection,
    bucket: row.bucket,
    eventType: row.event_type,
    label: row.label,
    expected: row.expected_n === null ? null : { n: row.expected_n, amount: row.expected_amount },
    found: row.found_n === null ? null : { n: row.found_n, amount: row.found_amount },
  };
}
