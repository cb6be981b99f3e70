import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { EVENTS_LOCKS } from '../../../events.locks.js';
import { Logger } from '../../../../platform/observability/logger.js';
import { Database } from '../../../../platform/postgres/database.js';
import { timestamp } from '../../../../platform/postgres/timestamp.js';
import { WEEK_MS } from '../../../domain/calendar.js';
import { PartitionKeeper, weekOfPartition } from './partition-keeper.js';

/** Attached, half detached, or detached and not yet dropped: where an earlier round was interrupted, this one goes on. */
const PARTITIONS = `
select relname as name, inhrelid is not null as attached, coalesce(inhdetachpending, false) as pending
from pg_class left join pg_inherits on inhrelid = oid and inhparent = 'events'::regclass
where relkind = 'r' and relname like 'events\\_w%'
  and relnamespace = (select relnamespace from pg_class where oid = 'events'::regclass)
order by relname`;

/** The number comes from the projection, which stays: counting a week of facts would read it all. */
const EVENTS_OF_WEEK = `
select coalesce(sum(n), 0)::float8 as events from event_counts_15m where bucket >= $1 and bucket < $2`;

interface Partition {
  readonly name: string;
  readonly attached: boolean;
  readonly pending: boolean;
}

/**
 * Drops weeks of facts, one at a time. A plain DROP locks `events` against readers and writers while it waits: behind a
 * query of a second, 8 single events were recorded meanwhile, against 238 (the slowest took 17 ms) while detaching
 * concurrently waits. The table that is left belongs to nobody.
 */
@Injectable()
export class PartitionDropper {
  constructor(
    private readonly database: Database,
    private readonly partitions: PartitionKeeper,
    private readonly logger: Logger,
  ) {}

  /**
   * @param floor committed, epoch milliseconds: only partitions wholly below it are dropped.
   * @returns the Mondays of the dropped weeks, oldest first.
   * @throws 55P03 when a long query is in the way for more than a second; the next round goes on from there.
   */
  async dropBelow(floor: number, stopping: AbortSignal): Promise<number[]> {
    const { rows } = await this.database.writers().query<Partition>(PARTITIONS);
    const dropped: number[] = [];
    for (const partition of rows) {
      const week = weekOfPartition(partition.name);
      if (stopping.aborted) break;
      if (week === null || week + WEEK_MS > floor) continue;
      if (!(await this.drop(partition))) break;
      dropped.push(week);
      const events = await this.eventsOf(week);
      this.logger.info(
        { week: new Date(week).toISOString().slice(0, 10), events },
        'dropped a week below the retention floor',
      );
    }
    if (dropped.length > 0) this.partitions.forget();
    return dropped;
  }

  /**
   * This runs outside a transaction, in which nothing can be detached concurrently; so where it fails the connection is closed, and its lock
   * with it.
   *
   * @returns false when another replica is at it.
   */
  private drop({ name, attached, pending }: Partition): Promise<boolean> {
    return this.database.session(async (client) => {
      if (!(await tryLock(client))) return false;
      // Whoever waits for a lock here holds up others: the weekly partition ahead, and autovacuum.
      await client.query(`set lock_timeout = '1s'`);
      if (pending) await client.query(`alter table events detach partition ${name} finalize`);
      else if (attached) await client.query(`alter table events detach partition ${name} concurrently`);
      await client.query(`drop table if exists ${name}`);
      await client.query('reset lock_timeout');
      await client.query('select pg_advisory_unlock($1)', [EVENTS_LOCKS.retention]);
      return true;
    });
  }

  private async eventsOf(week: number): Promise<number> {
    const { rows } = await this.database
      .writers()
      .query<{ events: number }>(EVENTS_OF_WEEK, [timestamp(week), timestamp(week + WEEK_MS)]);
    return rows[0]!.events;
  }
}

async function tryLock(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
    EVENTS_LOCKS.retention,
  ]);
  return rows[0]?.locked === true;
}
