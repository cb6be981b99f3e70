import './typescript-resolution.cjs';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../../src/platform/postgres/embedded/embedded-postgres.js';
import { migrate } from '../../src/platform/postgres/migrate.js';
import { startEmbeddedPulsar } from '../../src/platform/pulsar/embedded/embedded-pulsar.js';
import { lastingPort } from '../../src/platform/loopback-port.js';
import { migrationsOf } from '../../src/platform/slice.js';
import * as catalogue from '../../src/slices.js';
import { launchBrowser } from './browser.js';
import { endRun, makeRunFolder, removeAbandonedRuns } from './run-folder.js';
import { TEMPLATE_DATABASE, tell } from './test-run.js';

/** The part of jest's own configuration that is read here: the file patterns of the command line. */
interface GlobalConfig {
  readonly nonFlagArgs: readonly string[];
}

/** One PostgreSQL and one Pulsar for the whole run; none when only unit tests run. */
export default async function globalSetup(global: GlobalConfig): Promise<void> {
  if (onlyUnitTests(global)) return;
  await removeAbandonedRuns();
  const folder = await makeRunFolder();
  tell('runFolder', folder);
  let ending: Promise<void> | null = null;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // Jest runs no tear-down when it is interrupted, and neither server hears Ctrl-C.
    process.on(signal, () => void (ending ??= endRun(folder).finally(() => process.exit(1))));
  }
  try {
    await Promise.all([startPostgres(folder), startPulsar(folder), unpackBrowser()]);
  } catch (error) {
    await endRun(folder);
    throw error;
  }
}

function onlyUnitTests({ nonFlagArgs }: GlobalConfig): boolean {
  const tier = process.env.MONITOREO_TEST_TIER;
  if (tier !== undefined) return tier === 'unit';
  return nonFlagArgs.length > 0 && nonFlagArgs.every((pattern) => pattern.includes('.unit'));
}

/**
 * Without fsync: a run has no use for what a power cut would take. A server that is killed loses nothing by it, because the system
 * holds what was written; servers that tests kill are their own, with fsync.
 */
async function startPostgres(folder: string): Promise<void> {
  const postgres = await startEmbeddedPostgres({
    folder: join(folder, 'postgres'),
    preferredPort: await lastingPort(),
    settings: { fsync: 'off' },
    log: () => undefined,
  });
  const admin = new URL(postgres.url);
  await makeTemplate(admin);
  tell('postgresUrl', admin.href);
}

/** The migrations run once; every test file gets a copy. */
async function makeTemplate(admin: URL): Promise<void> {
  const server = new Client({ connectionString: admin.href });
  await server.connect();
  await server.query(`create database ${TEMPLATE_DATABASE}`);
  await server.end();
  const template = new URL(admin);
  template.pathname = `/${TEMPLATE_DATABASE}`;
  await migrate(template.href, migrationsOf(Object.values(catalogue)));
}

/** Once, since workers would write it to the same place. */
async function unpackBrowser(): Promise<void> {
  const { browser, missing } = await launchBrowser();
  if (browser !== null) return browser.close();
  if (process.env.CI === 'true') throw new Error(missing ?? 'no Chromium');
  tell('browserMissing', missing ?? 'no Chromium');
}

async function startPulsar(folder: string): Promise<void> {
  if (process.env.MONITOREO_TEST_PULSAR === 'off')
    return tell('pulsarMissing', 'switched off by MONITOREO_TEST_PULSAR=off');
  const pulsar = await startEmbeddedPulsar({
    folder: join(folder, 'pulsar'),
    libFolder: join(process.cwd(), '.data/pulsar-lib'), // the clone's cache, so that runs share the download
    preferredPorts: { broker: await lastingPort(), web: await lastingPort() },
    useDocker: false, // a JVM starts in 6 s, leaves no container behind, and is what kill tests kill
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  if ('unavailable' in pulsar) {
    if (process.env.CI === 'true') throw new Error(pulsar.unavailable);
    return tell('pulsarMissing', pulsar.unavailable);
  }
  tell('pulsarServiceUrl', pulsar.serviceUrl);
  tell('pulsarWebUrl', pulsar.webUrl);
}
