import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { failpoint } from '../../../events.failpoints.js';
import { EVENTS_LOCKS } from '../../../events.locks.js';
import { Database } from '../../../../platform/postgres/database.js';
import { sqlState } from '../../../../platform/postgres/sql-state.js';
import { timestamp } from '../../../../platform/postgres/timestamp.js';
import { startOfWeek, WEEK_MS } from '../../../domain/calendar.js';

/** Somebody else made the same partition at the same moment: 42P07 (the table is there), 42P17 (its bounds overlap). */
const MADE_BY_ANOTHER = new Set(['42P07', '42P17']);

/**
 * Facts are partitioned by UTC week (a day each made planning slow: 0.5 s a query at 1,826 partitions). A week's
 * partition is made before the first batch that needs it, in a transaction of its own.
 */
@Injectable()
export class PartitionKeeper {
  private readonly known = new Set<number>();

  constructor(private readonly database: Database) {}

  /** Makes what is missing for these instants (epoch ms); weeks below the retention floor stay without. */
  async ensure(instants: Iterable<number>): Promise<void> {
    const missing = new Set<number>();
    for (const instant of instants) {
      const week = startOfWeek(instant);
      if (!this.known.has(week)) missing.add(week);
    }
    for (const week of [...missing].sort((a, b) => a - b)) await this.make(week);
  }

  /** Forgets which partitions there are, after a row found none or some were dropped: the next call looks again. */
  forget(): void {
    this.known.clear();
  }

  private async make(week: number): Promise<void> {
    try {
      await this.database.transaction(async (client) => {
        // The lock of the attach waits for nobody longer than this; PARTITION OF would lock the parent exclusively.
        await client.query(`set local lock_timeout = '2s'`);
        await client.query('select pg_advisory_xact_lock($1)', [EVENTS_LOCKS.partitions]);
        const wanted = await this.isWanted(client, week);
        if (wanted === 'missing') await this.attach(client, week);
      });
      // A week counts as there also when it is below the floor, which never moves back: nothing that old is ever written.
      this.known.add(week);
    } catch (error) {
      if (!MADE_BY_ANOTHER.has(sqlState(error) ?? '')) throw error;
    }
  }

  private async isWanted(client: PoolClient, week: number): Promise<'there' | 'missing' | 'below_floor'> {
    const { rows } = await client.query<{ there: boolean; below_floor: boolean }>(
      `select to_regclass($1) is not null as there, to_timestamp($2) < retention_floor as below_floor from storage_bounds`,
      [partitionName(week), week / 1000],
    );
    if (rows[0]?.there) return 'there';
    return rows[0]?.below_floor ? 'below_floor' : 'missing';
  }

  private async attach(client: PoolClient, week: number): Promise<void> {
    const name = partitionName(week);
    const bounds = [week, week + WEEK_MS].map((instant) => `'${timestamp(instant)}'`);
    // Vacuum after inserts keeps the newest edge of the windows all-visible, which index-only scans need.
    await client.query(
      `create table ${name} (like events including all)
       with (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 50000)`,
    );
    await failpoint('in_partition_making');
    await client.query(`alter table events attach partition ${name} for values from (${bounds[0]}) to (${bounds[1]})`);
  }
}

export const partitionName = (week: number): string =>
  `events_w${new Date(week).toISOString().slice(0, 10).replaceAll('-', '')}`;

/** The Monday in a partition's name, epoch milliseconds; null when it is not one of ours. */
export function weekOfPartition(name: string): number | null {
  const [, year, month, day] = /^events_w(\d{4})(\d\d)(\d\d)$/.exec(name) ?? [];
  const week = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  return Number.isNaN(week) || startOfWeek(week) !== week ? null : week;
}
