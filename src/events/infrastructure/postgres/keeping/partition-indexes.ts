import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import type { PoolClient, QueryConfig } from 'pg';
import type { Logger } from '../../../../platform/observability/logger.js';
import type { Database } from '../../../../platform/postgres/database.js';
import { sqlState } from '../../../../platform/postgres/sql-state.js';
import { untilAborted } from '../../../../platform/until-aborted.js';

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

/** Indexes of `events` that a migration has declared, named `events_…`, and that partitions from before it lack. */
export interface DeclaredIndexes {
  readonly names: readonly string[];
  /** The advisory lock of the replica that builds them. */
  readonly lock: number;
  /** The index that is dropped once all partitions have these; null: none. */
  readonly replaces: string | null;
}

export interface BuiltIndexes {
  /** How many partitions got one now, counted for each index. */
  readonly built: number;
  /** Whether the one that they replace was dropped now. */
  readonly dropped: boolean;
}

const NOTHING: BuiltIndexes = { built: 0, dropped: false };
/** The build of a week may take so long. */
const LONGEST_BUILD_MS = 6 * 3_600_000;
/** Somebody else holds what it needs, or it took too long to get all of it. */
const IN_THE_WAY = new Set(['55P03', '57014', '40P01']);

/**
 * Gives partitions the indexes that they lack, without a pause in recording: built concurrently for each week, attached, then the one
 * that they replace is dropped. A step that needs a lock against writers waits for 200 ms at most, takes 800 ms at most, and tries again. It
 * can end at any point: what is missing is what the catalogue says, and half a build is dropped and begun again.
 */
export class PartitionIndexes {
  constructor(
    private readonly database: Database,
    private readonly logger: Logger,
    private readonly declared: DeclaredIndexes,
  ) {}

  /** Nothing while another replica does it. @param stopping ends it after the statement that runs. */
  async build(stopping: AbortSignal): Promise<BuiltIndexes> {
    if (await this.isDone()) return NOTHING;
    return this.database.session((client) => this.onlyHere(client, stopping));
  }

  private async isDone(): Promise<boolean> {
    const { names, replaces } = this.declared;
    const writers = this.database.writers();
    const { rows } = await writers.query<{ old: boolean }>('select to_regclass($1) is not null as old', [replaces]);
    if (rows[0]!.old) return false;
    return (await writers.query<MissingIndex>(MISSING, [names])).rows.length === 0;
  }

  private async onlyHere(client: PoolClient, stopping: AbortSignal): Promise<BuiltIndexes> {
    const { lock, replaces } = this.declared;
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [lock]);
    if (!rows[0]?.locked) return NOTHING;
    const { built, complete } = await this.buildAll(client, stopping);
    const dropped = complete && replaces !== null && (await this.drop(client, replaces, stopping));
    await client.query('reset statement_timeout; reset lock_timeout');
    await client.query('select pg_advisory_unlock($1)', [lock]);
    return { built, dropped };
  }

  /** Complete, unless it was told to stop. */
  private async buildAll(client: PoolClient, stopping: AbortSignal): Promise<{ built: number; complete: boolean }> {
    for (let built = 0; ; built += 1) {
      const { rows } = await client.query<MissingIndex>(MISSING, [this.declared.names]);
      const [missing] = rows;
      if (!missing) return { built, complete: true };
      if (stopping.aborted) return { built, complete: false };
      await this.buildOne(client, missing, stopping);
    }
  }

  private async buildOne(client: PoolClient, missing: MissingIndex, stopping: AbortSignal): Promise<void> {
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

  private async drop(client: PoolClient, old: string, stopping: AbortSignal): Promise<boolean> {
    const { rows } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [old]);
    if (!rows[0]!.there) return false;
    await unhurried(client, `drop index ${old}`, stopping);
    this.logger.info({ dropped: old }, 'the indexes that replace it are built, and it is dropped');
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
