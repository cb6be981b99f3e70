import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import type { PoolClient, QueryConfig } from 'pg';
import { EVENTS_LOCKS } from '../../../events.locks.js';
import { Housekeeping } from '../../../../platform/housekeeping/housekeeping.js';
import { Logger } from '../../../../platform/observability/logger.js';
import { Database } from '../../../../platform/postgres/database.js';
import { sqlState } from '../../../../platform/postgres/sql-state.js';
import { untilAborted } from '../../../../platform/until-aborted.js';

/** The index that is replaced. Where it does not exist any more there is nothing to do. */
const OLD = 'events_page_key_occurred_at_x_y_scroll_y_idx';
const NEW = ['events_placed_clicks_idx', 'events_other_clicks_idx', 'events_interactions_idx'];

/** The newest week comes first, because it is asked for most. An index whose build did not end exists, but is not valid. */
const MISSING = `
select parent.relname as name, parent.oid::regclass::text as index, pg_get_indexdef(parent.oid) as definition,
  partition.relname as partition, built.indisvalid as valid
from pg_inherits
join pg_class partition on partition.oid = inhrelid
join pg_class parent on parent.relname = any ($1) and parent.relnamespace = partition.relnamespace
left join pg_class leftover on leftover.relname = partition.relname || substr(parent.relname, 7)
  and leftover.relnamespace = partition.relnamespace
left join pg_index built on built.indexrelid = leftover.oid
where inhparent = 'events'::regclass and not inhdetachpending and not exists (
  select from pg_inherits child join pg_index on indexrelid = child.inhrelid
  where child.inhparent = parent.oid and indrelid = partition.oid
)
order by partition.relname desc, parent.relname`;

interface MissingIndex {
  readonly name: string;
  readonly index: string;
  readonly definition: string;
  readonly partition: string;
  /** Null: not begun. */
  readonly valid: boolean | null;
}

const EVERY_MS = 600_000;
/** The build of a week may take so long. */
const LONGEST_BUILD_MS = 6 * 3_600_000;
/** Somebody else holds what it needs, or it took too long to get all of it. */
const IN_THE_WAY = new Set(['55P03', '57014', '40P01']);

/**
 * Replaces the index of page clicks by three, without a pause in recording: built concurrently for each week, attached, then the old
 * one dropped. A step that needs a lock against writers waits for 200 ms at most, takes 800 ms at most, and tries again. It can end at any
 * point: what is missing is what the catalogue says, and half a build is dropped and begun again.
 */
@Injectable()
export class PageClickIndexes implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly housekeeping: Housekeeping,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.housekeeping.register({
      name: 'replacing the index of page clicks',
      everyMs: EVERY_MS,
      run: async (stopping) => void (await this.replace(stopping)),
    });
  }

  /** @returns whether it dropped the old one now. @param stopping ends it after the statement that runs. */
  async replace(stopping: AbortSignal): Promise<boolean> {
    const { rows } = await this.database
      .writers()
      .query<{ there: boolean }>('select to_regclass($1) is not null as there', [OLD]);
    if (!rows[0]?.there) return false;
    return this.database.session((client) => this.onlyHere(client, stopping));
  }

  private async onlyHere(client: PoolClient, stopping: AbortSignal): Promise<boolean> {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
      EVENTS_LOCKS.pageIndexes,
    ]);
    if (!rows[0]?.locked) return false;
    const dropped = (await this.buildAll(client, stopping)) && (await this.dropOld(client, stopping));
    await client.query('reset statement_timeout; reset lock_timeout');
    await client.query('select pg_advisory_unlock($1)', [EVENTS_LOCKS.pageIndexes]);
    return dropped;
  }

  /** @returns false when it was told to stop. */
  private async buildAll(client: PoolClient, stopping: AbortSignal): Promise<boolean> {
    for (;;) {
      const { rows } = await client.query<MissingIndex>(MISSING, [NEW]);
      const [missing] = rows;
      if (!missing) return true;
      if (stopping.aborted) return false;
      await this.build(client, missing, stopping);
    }
  }

  private async build(client: PoolClient, missing: MissingIndex, stopping: AbortSignal): Promise<void> {
    const { name, index, definition, partition, valid } = missing;
    const built = partition + name.slice('events'.length);
    await client.query('set statement_timeout = 0; set lock_timeout = 0');
    if (valid === false) await slow(client, `drop index concurrently ${built}`, stopping);
    if (valid !== true) {
      this.logger.info({ partition, index: built }, 'building an index while events are recorded');
      const columns = definition.slice(definition.indexOf(' USING '));
      await slow(client, `create index concurrently ${built} on ${partition}${columns}`, stopping);
    }
    await unhurried(client, `alter index ${index} attach partition ${built}`, stopping);
  }

  private async dropOld(client: PoolClient, stopping: AbortSignal): Promise<boolean> {
    await unhurried(client, `drop index ${OLD}`, stopping);
    this.logger.info({ dropped: OLD }, 'the indexes of page clicks are built, and the one before them is dropped');
    return true;
  }
}

/** A statement that nobody waits for. When the service stops, PostgreSQL ends it by itself, and the next start finds it done. */
function slow(client: PoolClient, text: string, stopping: AbortSignal): Promise<unknown> {
  const statement: QueryConfig & { query_timeout: number } = { text, query_timeout: LONGEST_BUILD_MS };
  return untilAborted(client.query(statement), stopping);
}

/** A statement that takes a lock against writers, who wait behind it for as long as it waits. */
function unhurried(client: PoolClient, text: string, stopping: AbortSignal): Promise<unknown> {
  const turns = retry(
    handleWhen((error) => IN_THE_WAY.has(sqlState(error) ?? '')),
    { maxAttempts: 100, backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 5_000 }) },
  );
  return turns.execute(async () => {
    await client.query(`set lock_timeout = '200ms'; set statement_timeout = '800ms'`);
    await client.query(text);
  }, stopping);
}
