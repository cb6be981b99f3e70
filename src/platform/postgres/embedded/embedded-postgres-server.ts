import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isAlive, readPid, runs } from '../../running-process.js';
import type { Account } from './embedded-postgres-account.js';
import type { Binaries } from './embedded-postgres-binaries.js';

const execute = promisify(execFile);
const START_TIMEOUT_S = 60;
const LOG_TAIL_LINES = 15;

/**
 * Measured as good for this service on a laptop that it shares.
 * fsync and synchronous_commit stay at their default, on: an acknowledged event survives a power cut.
 * Few checkpoints and no compression: docs/decisions/0015-write-ahead-log.md. Vacuum pauses five times as long as by default:
 * docs/decisions/0016-slower-vacuum.md.
 */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  max_connections: '100',
  // A question over all time locks each week's partition and its indexes: five years of them, asked by all connections of a replica.
  max_locks_per_transaction: '256',
  shared_buffers: `${sharedBuffersMb(totalmem())}MB`,
  max_wal_size: '8GB',
  checkpoint_timeout: '15min',
  wal_compression: 'off',
  autovacuum_vacuum_cost_delay: '10ms',
};

/**
 * An eighth of the machine, which Pulsar and the service share, between 128 MB and 2 GB. A user's event lands anywhere in the
 * index by user: at 10 M events of a week 256 MB hold too little of it, and each row cost twice the processor time.
 */
export function sharedBuffersMb(machineBytes: number): number {
  return Math.min(2048, Math.max(128, Math.floor(machineBytes / 8 / 1024 ** 2)));
}

/** One cluster on disk, driven by initdb and pg_ctl. */
export class PostgresServer {
  readonly data: string;
  private readonly logFile: string;

  constructor(
    private readonly binaries: Binaries,
    private readonly account: Account,
    private readonly folder: string,
    private readonly settings: Readonly<Record<string, string>> = {},
  ) {
    this.data = join(folder, 'cluster', 'data');
    this.logFile = join(folder, 'postgres.log');
  }

  async initialise(data: string, passwordFile: string, user: string): Promise<void> {
    const options = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions'];
    await this.run(this.binaries.initdb, ['-D', data, '-U', user, `--pwfile=${passwordFile}`, ...options]);
  }

  /** The port of the running server; null when none runs, also when a pid file stayed behind. */
  async runningPort(): Promise<number | null> {
    const pidFile = join(this.data, 'postmaster.pid');
    const pid = await readPid(pidFile);
    if (pid === null || !(await runs(pid, ['postgres', this.data]))) return null;
    const port = Number((await readFile(pidFile, 'utf8')).split('\n')[3]);
    return Number.isSafeInteger(port) && port > 0 ? port : null;
  }

  /** Starts on the port and waits until it accepts connections. pg_ctl gives it a session of its own, so Ctrl-C does not reach it. */
  async start(port: number): Promise<void> {
    await this.removeStrangersPid();
    const settings = { ...SETTINGS, ...this.settings, port: String(port) };
    const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
    const args = [
      'start',
      '-D',
      this.data,
      '-w',
      '-t',
      String(START_TIMEOUT_S),
      '-l',
      this.logFile,
      '-o',
      options.join(' '),
    ];
    try {
      await this.run(this.binaries.pgCtl, args);
    } catch (error) {
      throw new Error(`PostgreSQL did not start: ${(error as Error).message}\n${await this.logTail()}`, {
        cause: error,
      });
    }
  }

  /** Fast shutdown: open transactions are rolled back, a checkpoint is written. */
  async stop(): Promise<void> {
    await this.run(this.binaries.pgCtl, ['stop', '-D', this.data, '-m', 'fast', '-w', '-t', '60']);
  }

  async logTail(): Promise<string> {
    try {
      return (await readFile(this.logFile, 'utf8')).trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
    } catch (error) {
      return `(no log: ${(error as Error).message})`;
    }
  }

  /**
   * Removes a pid file whose number belongs to another process now. PostgreSQL itself ignores a pid file only if its process
   * is dead.
   */
  private async removeStrangersPid(): Promise<void> {
    const pidFile = join(this.data, 'postmaster.pid');
    const pid = await readPid(pidFile);
    if (pid !== null && isAlive(pid) && !(await runs(pid, ['postgres', this.data]))) await rm(pidFile);
  }

  private async run(program: string, args: readonly string[]): Promise<void> {
    try {
      // The working directory must be one that the account can enter.
      await execute(program, args, { ...this.account, cwd: this.folder });
    } catch (error) {
      const { stdout, stderr, message } = error as { stdout?: string; stderr?: string; message: string };
      throw new Error([stderr, stdout].filter(Boolean).join('\n').trim() || message, { cause: error });
    }
  }
}
