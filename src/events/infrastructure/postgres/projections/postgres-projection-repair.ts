import type { ClientBase } from 'pg';
import { rollBack, transaction } from '../../../../platform/postgres/session.js';
import { EVENTS_LOCKS } from '../../../events.locks.js';
import {
  type CountDifference,
  ProjectionRepair,
  type Projections,
  type RebuildProgress,
} from '../../../application/projections/projections.port.js';
import { QUARTER_HOUR_MS, startOfBucket } from '../../../domain/counts/count-buckets.js';
import type { TimeRange } from '../../../domain/time-range.js';
import { CORRECT, DROP_EMPTY, FINISH, SAVE_PROGRESS, UNFINISHED } from './correct-counts.sql.js';
import { READ_BOUNDS, SHARE_RECORDING_LOCK } from '../recording/record-events.sql.js';
import { timestamp } from '../../../../platform/postgres/timestamp.js';

/** The order in which writers lock counts: all of the 2 seconds, then the quarter-hour. */
const TABLES = ['event_counts_2s', 'event_counts_15m'] as const;

/** Another process rebuilds at this moment. */
export class RebuildUnderWay extends Error {
  override readonly name = 'RebuildUnderWay';
}

/**
 * Corrects counts by adding what they differ by. Every recording transaction adds the same to facts and counts, so a
 * difference that one snapshot shows stays what it is while events arrive, and adding it commutes with their upserts: no
 * exclusive turn, no writer waits for more than the commit of one quarter-hour. A reader sees a quarter-hour wholly before or
 * wholly after its correction.
 *
 * Adding twice would be wrong: comparison and correction run on one connection that holds the lock of rebuilds, and what
 * failed is compared again, never repeated.
 */
export class PostgresProjectionRepair extends ProjectionRepair {
  private constructor(
    private readonly client: ClientBase,
    private readonly projections: Projections,
  ) {
    super();
  }

  /**
   * @param client of nobody else: its session holds the lock until it ends. @param projections on the same connection.
   * @throws {RebuildUnderWay}
   */
  static async take(client: ClientBase, projections: Projections): Promise<PostgresProjectionRepair> {
    const { rows } = await client.query<{ ours: boolean }>('select pg_try_advisory_lock($1) as ours', [
      EVENTS_LOCKS.rebuild,
    ]);
    if (!rows[0]?.ours) throw new RebuildUnderWay('another rebuild is under way');
    return new PostgresProjectionRepair(client, projections);
  }

  async unfinished(): Promise<RebuildProgress | null> {
    return (await this.client.query<RebuildProgress & Record<string, unknown>>(UNFINISHED)).rows[0] ?? null;
  }

  async save({ start, position, end, corrected }: RebuildProgress): Promise<void> {
    await this.client.query(SAVE_PROGRESS, [timestamp(start), timestamp(position), timestamp(end), corrected]);
  }

  async finish({ end, corrected }: RebuildProgress): Promise<void> {
    await this.client.query(FINISH, [timestamp(end), corrected]);
  }

  async repair(slice: TimeRange): Promise<{ facts: number; corrected: number }> {
    const { facts, differences } = await this.projections.compare(slice);
    const quarters = new Map<number, CountDifference[]>();
    for (const difference of differences) {
      const quarter = startOfBucket(difference.bucket, QUARTER_HOUR_MS);
      quarters.set(quarter, [...(quarters.get(quarter) ?? []), difference]);
    }
    for (const [quarter, wrong] of quarters) await this.correct(quarter, wrong);
    return { facts, corrected: differences.length };
  }

  private async correct(quarter: number, wrong: readonly CountDifference[]): Promise<void> {
    try {
      await transaction(this.client, async (client) => {
        await client.query(SHARE_RECORDING_LOCK, [EVENTS_LOCKS.recording]);
        // The bounds are read after the lock, as writers do. Counts that fell below a bound since the comparison are left as
        // they are.
        const { rows } = await client.query<{ retention_floor: number; fine_horizon: number }>(READ_BOUNDS);
        const { retention_floor: floor, fine_horizon: horizon } = rows[0]!;
        for (const table of TABLES) {
          if (quarter < floor || (table === 'event_counts_2s' && quarter < horizon)) continue;
          const own = wrong.filter(({ projection }) => projection === table);
          if (own.length === 0) continue;
          await client.query(CORRECT[table], correction(own));
          await client.query(DROP_EMPTY[table], [timestamp(quarter), timestamp(quarter + QUARTER_HOUR_MS)]);
        }
      });
    } catch (error) {
      await rollBack(this.client);
      throw error;
    }
  }
}

/** Parameters of CORRECT: expected − found, sorted by (bucket, type, label) as `countDeltas` sorts. */
function correction(wrong: readonly CountDifference[]): unknown[] {
  const sorted = [...wrong].sort(
    (a, b) => a.bucket - b.bucket || compare(a.eventType, b.eventType) || compare(a.label, b.label),
  );
  return [
    sorted.map(({ bucket }) => timestamp(bucket)),
    sorted.map(({ eventType }) => eventType),
    sorted.map(({ label }) => label),
    sorted.map(({ expected, found }) => String(BigInt(expected?.n ?? 0) - BigInt(found?.n ?? 0))),
    sorted.map(({ expected, found }) => minus(expected?.amount ?? '0', found?.amount ?? '0')),
  ];
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Exact: as whole parts of 10⁻ⁿ, with as many decimals as the longer has. */
function minus(a: string, b: string): string {
  const decimals = Math.max(...[a, b].map((text) => text.split('.')[1]?.length ?? 0));
  const whole = (text: string) => {
    const [integer = '', fraction = ''] = text.split('.');
    return BigInt(integer + fraction.padEnd(decimals, '0'));
  };
  return `${whole(a) - whole(b)}e-${decimals}`;
}
