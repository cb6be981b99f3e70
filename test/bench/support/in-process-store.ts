import { Clock } from '../../../src/platform/clock/clock.js';
import { Health } from '../../../src/platform/observability/health.js';
import { Telemetry } from '../../../src/platform/observability/telemetry.js';
import { StuckWrites } from '../../../src/platform/postgres/stuck-writes.js';
import { pino } from 'pino';
import type { Erasures } from '../../../src/events/application/erasures.port.js';
import type { EventStore } from '../../../src/events/application/event-store.port.js';
import { BatchWriter } from '../../../src/events/infrastructure/postgres/recording/batch-writer.js';
import { PartitionKeeper } from '../../../src/events/infrastructure/postgres/keeping/partition-keeper.js';
import { PostgresEventStore } from '../../../src/events/infrastructure/postgres/recording/postgres-event-store.js';
import { RecordedFacts } from '../../../src/events/infrastructure/postgres/recording/recorded-facts.js';
import { PostgresErasures } from '../../../src/people/infrastructure/postgres/postgres-erasures.js';
import { loadConfig } from '../../../src/platform/config/config.js';
import { Database } from '../../../src/platform/postgres/database.js';
import { migrationsOf } from '../../../src/platform/slice.js';
import * as catalogue from '../../../src/slices.js';

/** The event store as the service wires it, without the service around it. */
export async function openStore(
  databaseUrl: string,
): Promise<{ store: EventStore; database: Database; erasures: Erasures }> {
  const slices = Object.values(catalogue);
  const config = loadConfig(slices, {}).with({ DATABASE_URL: databaseUrl });
  const logger = pino({ level: 'error' }, process.stderr);
  const database = new Database(config, logger, migrationsOf(slices));
  await database.connect();
  const erasures = new PostgresErasures(database, config);
  const writer = new BatchWriter(
    database,
    new PartitionKeeper(database),
    erasures,
    logger,
    new StuckWrites(new Health(new Clock()), new Telemetry()),
  );
  return { store: new PostgresEventStore(writer, new RecordedFacts(database, logger), config), database, erasures };
}
