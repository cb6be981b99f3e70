import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { type Config, loadConfig } from '../platform/config/config.js';
import { startEmbeddedPostgres } from '../platform/postgres/embedded/embedded-postgres.js';
import { migrate } from '../platform/postgres/migrate.js';
import { migrationsOf } from '../platform/slice.js';
import * as catalogue from '../slices.js';
import { usingPostgres } from './postgres-away.js';
import { UsageError } from './usage-error.js';

const HOUR_MS = 3_600_000;
/** A slice of a busy hour is tens of millions of facts. */
const STATEMENT_TIMEOUT_MS = 600_000;

export interface MaintenanceOptions {
  readonly sliceMs: number;
  readonly restart: boolean;
}

export const say = (line: string) => void process.stdout.write(`${line}\n`);
const log = (line: string) => void process.stderr.write(`${line}\n`);

/** Options of a command that goes through the facts slice by slice. @throws UsageError */
export function maintenanceOptions(args: readonly string[], defaultHours: number): MaintenanceOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        hours: { type: 'string', default: String(defaultHours) },
        restart: { type: 'boolean', default: false },
      },
    });
    const hours = Number(values.hours);
    if (!Number.isInteger(hours) || hours < 1 || hours > 24 * 366)
      throw new Error('--hours must be a whole number from 1');
    return { sliceMs: hours * HOUR_MS, restart: values.restart };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/**
 * The service's PostgreSQL, configured or its own, which is started when it does not run; with the schema brought up to date.
 *
 * @throws PostgresAway
 */
export async function withPostgres<T>(work: (config: Config) => Promise<T>): Promise<T> {
  const slices = Object.values(catalogue);
  const config = loadConfig(slices);
  const { DATABASE_URL, DATA_DIR } = config.settings;
  const own =
    DATABASE_URL === null ? await startEmbeddedPostgres({ folder: join(resolve(DATA_DIR), 'postgres'), log }) : null;
  try {
    return await usingPostgres(async () => {
      await migrate(own?.url ?? DATABASE_URL ?? '', migrationsOf(slices));
      return work(own === null ? config : config.with({ DATABASE_URL: own.url }));
    });
  } finally {
    await own?.stop();
  }
}

/** Runs the work on one connection of its own to the service's PostgreSQL. */
export function withConnection<T>(name: string, work: (client: Client) => Promise<T>): Promise<T> {
  return withPostgres(async (config) => {
    const client = new Client({
      connectionString: config.current('DATABASE_URL') ?? '',
      application_name: `monitoreo-${name}`,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: 10_000,
      options: '-c timezone=UTC',
    });
    // Between two statements nobody else hears this error. The next statement fails and ends the work.
    client.on('error', ({ message }) => log(`the connection to PostgreSQL broke: ${message}`));
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  });
}

/** One line on a terminal that is written over; elsewhere a line about every two seconds. */
export class ProgressLine {
  private shownAt = -Infinity;

  show(text: string): void {
    const now = performance.now();
    if (now - this.shownAt < (process.stderr.isTTY ? 100 : 2_000)) return;
    this.shownAt = now;
    process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
  }

  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }
}

export const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
export const grouped = (count: number) => count.toLocaleString('en-US');
