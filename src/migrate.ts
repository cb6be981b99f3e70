import { loadConfig } from './platform/config/config.js';
import { createDataSource } from './platform/postgres/data-source.js';
import { migrate } from './platform/postgres/migrate.js';
import { OwnServers } from './own-servers.js';

/** `npm run migrate`: brings the schema up to date and ends. */
const say = (line: string) => void process.stdout.write(`${line}\n`);
const configured = loadConfig();
// Pulsar has no part in this: an address that is never used keeps it from being started.
const servers = new OwnServers(configured.with({ PULSAR_SERVICE_URL: 'pulsar://localhost:6650' }), say);
try {
  const { settings } = await servers.start();
  const dataSource = createDataSource(settings.DATABASE_URL ?? '', {
    name: 'writer',
    connections: 2,
    statementTimeoutMs: 600_000,
  });
  await dataSource.initialize();
  const applied = await migrate(dataSource);
  say(applied.length === 0 ? 'The schema is up to date.' : `Applied: ${applied.join(', ')}`);
  await dataSource.destroy();
} finally {
  await servers.stop();
}
