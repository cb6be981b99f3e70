import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ExponentialBackoff, handleAll, retry, type RetryPolicy } from 'cockatiel';
import { Client, type Pool, type PoolClient, type QueryConfig, type QueryResultRow } from 'pg';
import type { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { Lane } from '../turns/lane.js';
import { Logger } from '../observability/logger.js';
import { createDataSource, poolOf, READER_PARAMETERS } from './data-source.js';
import { DatabaseUnavailable } from './database-unavailable.js';
import { KeptConnection } from './kept-connection.js';
import { migrate } from './migrate.js';
import { Migrations } from './migrations.js';
import { readUntilAborted, rowsOf } from './read-until-aborted.js';
import { session, transaction, type Undo, undoTransaction } from './session.js';
import { configurationFault } from './sql-state.js';

/** PostgreSQL counts as away when a connection takes longer than this to answer. */
const CHECK_MS = 1_000;
const CANCEL_MS = 1_000;
/** Connections that no slow question takes. */
const KEPT_FOR_FAST_READS = 2;
/** So many queries may wait for each connection of slow reads. One that waits longer than a read may take is answered 503. */
const SLOW_READS_WAITING = 8;

/**
 * Whoever waits for many rows waits for as many as were asked for before, and for no longer than a client may wait for an answer: a
 * connection without a byte for 60 s is closed.
 */
const MANY_ROWS_PATIENCE_MS = 50_000;

/**
 * How a statement reads.
 *
 * | pace | |
 * | --- | --- |
 * | fast | it reads some rows by an index |
 * | many | it reads hundreds of rows by an index. They are parsed in one turn of the event loop, which lets one new connection in, so one such statement runs at a time |
 * | slow | it may take as long as a read may, since no index answers it. Few of these run at once, whoever asks for them, so that the connections left over answer all others |
 */
export type Pace = 'fast' | 'many' | 'slow';

export interface DatabaseState {
  readonly ready: boolean;
  /** Why not, in words for an operator; null while ready. */
  readonly reason: string | null;
}

/**
 * The service's connections: a pool that writes, a pool that reads. PostgreSQL may be away at start: `connect` keeps
 * trying in the background, migrates, and only then hands out connections.
 */
@Injectable()
export class Database implements OnModuleInit, OnApplicationShutdown {
  private sources: { writer: DataSource; reader: DataSource } | null = null;
  private reason: string | null = 'not connected yet';
  private readonly stopping = new AbortController();
  private connected: Promise<void> | null = null;
  private readonly lanes: Readonly<Record<'many' | 'slow', Lane>>;
  private readonly forHealth: KeptConnection;

  constructor(
    private readonly config: Config,
    private readonly logger: Logger,
    private readonly migrations: Migrations,
  ) {
    const { READER_CONNECTIONS, READ_TIMEOUT_MS } = config.settings;
    this.forHealth = new KeptConnection(() => config.current('DATABASE_URL') ?? undefined, 'health', CHECK_MS);
    const atOnce = Math.max(1, READER_CONNECTIONS - KEPT_FOR_FAST_READS);
    this.lanes = {
      many: new Lane({
        of: 'long lists',
        atOnce: 1,
        waiting: Infinity,
        patienceMs: MANY_ROWS_PATIENCE_MS,
      }),
      slow: new Lane({
        of: 'questions that no index answers',
        atOnce,
        waiting: atOnce * SLOW_READS_WAITING,
        patienceMs: READ_TIMEOUT_MS,
      }),
    };
  }

  onModuleInit(): void {
    this.connect().catch((error: unknown) => this.logger.debug({ err: error }, 'stopped before PostgreSQL was there'));
  }

  get isConnected(): boolean {
    return this.sources !== null;
  }

  /** Resolves when the schema is there; safe to call from many places. Rejects only at shutdown. */
  connect(): Promise<void> {
    return (this.connected ??= this.retryPolicy().execute(() => this.open(), this.stopping.signal));
  }

  writers(): Pool {
    return poolOf(this.opened().writer);
  }

  /**
   * Several statements on one writing connection. When the work fails the connection is closed, and its transaction, settings
   * and locks with it; unless `undo` makes it clean again.
   */
  session<T>(work: (client: PoolClient) => Promise<T>, undo?: Undo): Promise<T> {
    return session(this.writers(), work, undo);
  }

  /** Does the work in a transaction on a writing connection, all of it or nothing. */
  transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    return this.session((client) => transaction(client, work), undoTransaction);
  }

  /**
   * One statement on a reading connection. When `signal` aborts, a statement that waits for a connection is never sent,
   * one that runs is cancelled, and the promise rejects with the signal's reason.
   *
   * @throws {Overloaded} when too many of its pace wait already, or for too long
   */
  async read<Row extends QueryResultRow>(
    statement: QueryConfig,
    signal?: AbortSignal,
    pace: Pace = 'fast',
  ): Promise<Row[]> {
    const pool = poolOf(this.opened().reader);
    const ask = async () =>
      signal
        ? readUntilAborted<Row>(pool, statement, signal, (pid) => this.cancel(pid))
        : rowsOf(await pool.query<Row>(statement));
    return pace === 'fast' ? ask() : this.lanes[pace].run(ask, signal);
  }

  /**
   * Asks PostgreSQL itself, on a connection that is kept for it: neither a busy pool looks like an outage, nor a busy process, to
   * which opening a connection is many turns of its event loop. If the kept one does not answer, a new one has the last word.
   */
  async check(): Promise<DatabaseState> {
    if (!this.sources) return { ready: false, reason: this.reason };
    const ask = () => this.forHealth.read({ text: 'select 1' });
    try {
      await ask().catch(ask);
      return { ready: true, reason: null };
    } catch (error) {
      return { ready: false, reason: (error as Error).message };
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.forHealth.close();
    if (!this.sources) return;
    await Promise.all([this.sources.writer.destroy(), this.sources.reader.destroy()]);
  }

  /** Cancels the query of a backend, on a connection of its own, since those of the pool may all be busy with what is to be cancelled. */
  private async cancel(pid: number): Promise<void> {
    const client = new Client({
      connectionString: this.config.current('DATABASE_URL') ?? undefined,
      connectionTimeoutMillis: CANCEL_MS,
      query_timeout: CANCEL_MS,
      application_name: 'monitoreo-cancel',
    });
    client.on('error', (error) => this.logger.debug({ err: error }, 'the connection that cancels a query'));
    try {
      await client.connect();
      await client.query('select pg_cancel_backend($1)', [pid]);
    } catch (error) {
      this.logger.warn({ err: error }, 'a query that nobody waits for could not be cancelled: its time-out ends it');
    } finally {
      client.end().catch((error: unknown) => this.logger.debug({ err: error }, 'the connection that cancels a query'));
    }
  }

  private async open(): Promise<void> {
    const { WRITER_CONNECTIONS, READER_CONNECTIONS, READ_TIMEOUT_MS } = this.config.settings;
    const current = () => this.config.current('DATABASE_URL');
    const address = current();
    if (address === null) throw new Error('DATABASE_URL is not set');
    const onBroken = (error: Error) => this.logger.warn({ err: error }, 'a connection to PostgreSQL broke');
    const writer = createDataSource(
      address,
      {
        name: 'writer',
        connections: WRITER_CONNECTIONS,
        statementTimeoutMs: 30_000,
        pipeline: true,
      },
      onBroken,
      current,
    );
    const reader = createDataSource(
      address,
      {
        name: 'reader',
        connections: READER_CONNECTIONS,
        statementTimeoutMs: READ_TIMEOUT_MS,
        parameters: READER_PARAMETERS,
      },
      onBroken,
      current,
    );
    try {
      const applied = await migrate(address, this.migrations, onBroken);
      await writer.initialize();
      await reader.initialize();
      this.sources = { writer, reader };
      this.reason = null;
      this.logger.info({ applied }, 'PostgreSQL connected, schema up to date');
    } catch (error) {
      this.reason = (error as Error).message;
      await Promise.all([writer, reader].filter((source) => source.isInitialized).map((source) => source.destroy()));
      throw error;
    }
  }

  private opened(): { writer: DataSource; reader: DataSource } {
    if (!this.sources) throw new DatabaseUnavailable(`PostgreSQL is not available: ${this.reason}`);
    return this.sources;
  }

  private retryPolicy(): RetryPolicy {
    const policy = retry(handleAll, {
      maxAttempts: Infinity,
      backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 5000 }),
    });
    policy.onFailure(({ reason }) => {
      const error = 'error' in reason ? reason.error : undefined;
      this.logger.warn({ err: error, fatal: configurationFault(error) }, 'PostgreSQL is not available, trying again');
    });
    return policy;
  }
}
