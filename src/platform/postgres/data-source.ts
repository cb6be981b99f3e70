import { DataSource, type MigrationInterface } from 'typeorm';
import { Client, type ClientConfig, type Pool } from 'pg';

export interface ConnectionRole {
  readonly name: 'writer' | 'reader';
  readonly connections: number;
  /** Longest statement, milliseconds; the client gives up a second later and destroys the connection. */
  readonly statementTimeoutMs: number;
  /** Writers only: several statements on the wire at once, one round trip. */
  readonly pipeline?: boolean;
  /** Only `migrate` brings them. */
  readonly migrations?: readonly (new () => MigrationInterface)[];
  /** Parameters of PostgreSQL for all its statements. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** How PostgreSQL plans what is read. */
export const READER_PARAMETERS = {
  /**
   * The pages that are read lie in memory or on an SSD. With the default of 4 the planner scans a whole week, although an
   * index alone would answer (657 ms instead of 415 for distinct users).
   */
  random_page_cost: '1.1',
  /** Holds a hash of 100,000 users and more. */
  work_mem: '32MB',
  /**
   * Each week is grouped by itself, in the order of its index if that fits. Distinct users of 7 days take 0.8 × the time of
   * one hash over all rows. If each week needs a hash, those of a month took 82 MB instead of 43, and no more time.
   */
  enable_partitionwise_aggregate: 'on',
  /** A row from a worker costs little when both run on one machine; with ten times as much, the default, no week gets workers. */
  parallel_tuple_cost: '0.01',
  /**
   * The compiler works on statements that look expensive, as many partitions make them, and takes longer than these
   * statements run. Our own build has none.
   */
  jit: 'off',
} as const;

/**
 * A stopped replica must not hold locks on the counters that everybody updates. Its connections give up one after the other:
 * the next one gets the lock that the first had to release, and is idle in turn. So they share the time; with 10 s each it
 * took 20 s.
 */
const STOPPED_REPLICA_HOLDS_MS = 10_000;

/**
 * A connection that nobody used for this long is closed. A new one has to read the catalogue of all partitions anew, which makes
 * its first questions 40 to 60 ms slower; with the pool's own 10 s nearly every question of a page that asks each 15 s was such a one.
 */
const UNUSED_MS = 600_000;

/**
 * @param onBroken hears of a connection that breaks while somebody holds it: without a listener such an event ends the
 * process (the pool listens to idle connections alone); whoever holds the connection sees its statement fail anyway.
 * @param current the address for each new connection: its password may be replaced while the pool lives
 */
export function createDataSource(
  url: string,
  role: ConnectionRole,
  onBroken: (error: Error) => void = () => {},
  current: () => string | null = () => url,
): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    migrations: [...(role.migrations ?? [])],
    migrationsTransactionMode: 'each',
    applicationName: `monitoreo-${role.name}`,
    poolSize: role.connections,
    connectTimeoutMS: 3000,
    installExtensions: false,
    extra: {
      pipeline: role.pipeline ?? false,
      statement_timeout: role.statementTimeoutMs,
      query_timeout: role.statementTimeoutMs + 1000,
      idle_in_transaction_session_timeout: Math.floor(STOPPED_REPLICA_HOLDS_MS / role.connections),
      keepAlive: true,
      idleTimeoutMillis: UNUSED_MS,
      Client: class extends Client {
        constructor(config?: ClientConfig) {
          super({ ...config, connectionString: current() ?? url });
          this.on('error', onBroken);
        }
      },
      options: Object.entries({ timezone: 'UTC', ...role.parameters })
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
    },
  });
}

/** The pool under a connected DataSource: hot and analytic statements are SQL by hand, named and in binary. */
export const poolOf = (dataSource: DataSource): Pool => (dataSource.driver as unknown as { master: Pool }).master;
