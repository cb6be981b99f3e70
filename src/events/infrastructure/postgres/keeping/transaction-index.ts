import { Injectable } from '@nestjs/common';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import type { PoolClient, QueryConfig } from 'pg';
import { EVENTS_LOCKS } from '../../../events.locks.js';
import { Logger } from '../../../../platform/observability/logger.js';
import { Database } from '../../../../platform/postgres/database.js';
import { sqlState } from '../../../../platform/postgres/sql-state.js';
import { untilAborted } from '../../../../platform/until-aborted.js';

const INDEX = 'events_tx_idx';

/** The newest week comes first. An index whose build did not end exists, but is not valid. */
const MISSING = `
select partition.relname as partition, built.indisvalid as valid
from pg_inherits
join pg_class partition on partition.oid = inhrelid
left join pg_class leftover on leftover.relname = partition.relname || '_tx_idx' and leftover.relnamespace = partition.relnamespace
left join pg_index built on built.indexrelid = leftover.oid
where inhparent = 'events'::regclass and not inhdetachpending and not exists (
  select from pg_inherits child join pg_index on indexrelid = child.inhrelid
  where child.inhparent = '${INDEX}'::regclass and indrelid = partition.oid
)
order by partition.relname desc`;

interface Missing {
  readonly partition: string;
  /** Null: not begun. */
  readonly valid: boolean | null;
}

/** The build of a week may take so long; it reads the table once. */
const LONGEST_BUILD_MS = 3_600_000;

/**
 * Gives partitions from before the column `tx` its index, while events are recorded: built concurrently week by week, then attached.
 * That takes a lock against writers, so it waits for 200 ms at most, and tries again. The catalogue says what is missing: it
 * can end at any point, and half a build is dropped and begun again.
 */
@Injectable()
export class TransactionIndex {
  constructor(
    private readonly database: Database,
    private readonly logger: Logger,
  ) {}

  /** @returns how many partitions got it now. @param stopping ends it after the statement that runs. */
  async build(stopping: AbortSignal): Promise<number> {
    const { rows } = await this.database.writers().query<Missing>(MISSING);
    if (rows.length === 0) return 0;
    return this.database.session((client) => this.onlyHere(client, stopping));
  }

  private async onlyHere(client: PoolClient, stopping: AbortSignal): Promise<number> {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
      EVENTS_LOCKS.transactionIndex,
    ]);
    if (!rows[0]?.locked) return 0;
    await client.query(`set statement_timeout = 0`);
    let built = 0;
    for (const missing of (await client.query<Missing>(MISSING)).rows) {
      if (stopping.aborted) break;
      await this.buildOne(client, missing, stopping);
      built += 1;
    }
    await client.query('reset statement_timeout; reset lock_timeout');
    await client.query('select pg_advisory_unlock($1)', [EVENTS_LOCKS.transactionIndex]);
    return built;
  }

  private async buildOne(client: PoolClient, { partition, valid }: Missing, stopping: AbortSignal): Promise<void> {
    const index = `${partition}_tx_idx`;
    if (valid === false) await slow(client, `drop index concurrently ${index}`, stopping);
    if (valid !== true) {
      this.logger.info({ partition }, 'building the index of transactions while events are recorded');
      await slow(
        client,
        `create index concurrently ${index} on ${partition} using brin (tx) with (pages_per_range = 32)`,
        stopping,
      );
    }
    await attach(client, index, stopping);
  }
}

const LOCK_NOT_AVAILABLE = '55P03';

function attach(client: PoolClient, index: string, stopping: AbortSignal): Promise<unknown> {
  const turns = retry(
    handleWhen((error) => sqlState(error) === LOCK_NOT_AVAILABLE),
    { maxAttempts: 100, backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 2_000 }) },
  );
  return turns.execute(async () => {
    await client.query(`set lock_timeout = '200ms'`);
    await client.query(`alter index ${INDEX} attach partition ${index}`);
    await client.query('set lock_timeout = 0');
  }, stopping);
}

/** When the service stops, PostgreSQL ends it by itself, and the next start finds it done. */
function slow(client: PoolClient, text: string, stopping: AbortSignal): Promise<unknown> {
  const statement: QueryConfig & { query_timeout: number } = { text, query_timeout: LONGEST_BUILD_MS };
  return untilAborted(client.query(statement), stopping);
}
