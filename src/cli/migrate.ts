import { parseArgs } from 'node:util';
import { OwnServers } from '../own-servers.js';
import { loadConfig } from '../platform/config/config.js';
import { migrate } from '../platform/postgres/migrate.js';
import { migrationsOf } from '../platform/slice.js';
import * as catalogue from '../slices.js';
import { usingPostgres } from './postgres-away.js';
import { UsageError } from './usage-error.js';

export const HELP = `npm run migrate
Brings the schema up to date and ends; safe while the service runs, and when several do it at once.`;

const say = (line: string) => void process.stdout.write(`${line}\n`);

export async function run(args: readonly string[]): Promise<number> {
  takesNone(args);
  const slices = Object.values(catalogue);
  // Pulsar has no part in this: an address that is never used keeps it from being started.
  const configured = loadConfig(slices).with({ PULSAR_SERVICE_URL: 'pulsar://localhost:6650' });
  const servers = new OwnServers(configured, say);
  try {
    const { settings } = await servers.start();
    const applied = await usingPostgres(() => migrate(settings.DATABASE_URL ?? '', migrationsOf(slices)));
    say(applied.length === 0 ? 'The schema is up to date.' : `Applied: ${applied.join(', ')}`);
    return 0;
  } finally {
    await servers.stop();
  }
}

function takesNone(args: readonly string[]): void {
  try {
    parseArgs({ args: [...args], options: {} });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
