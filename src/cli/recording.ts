import { Health } from '../platform/observability/health.js';
import { RecordEventHandler } from '../events/application/record-event.command.js';
import type { EventStore } from '../events/application/event-store.port.js';
import { PartitionKeeper } from '../events/infrastructure/postgres/keeping/partition-keeper.js';
import { BatchWriter } from '../events/infrastructure/postgres/recording/batch-writer.js';
import { PostgresEventStore } from '../events/infrastructure/postgres/recording/postgres-event-store.js';
import { RecordedFacts } from '../events/infrastructure/postgres/recording/recorded-facts.js';
import { Clock } from '../platform/clock/clock.js';
import type { Config } from '../platform/config/config.js';
import { createLogger, type Logger } from '../platform/observability/logger.js';
import { Telemetry } from '../platform/observability/telemetry.js';
import { Database } from '../platform/postgres/database.js';
import { StuckWrites } from '../platform/postgres/stuck-writes.js';
import { migrationsOf } from '../platform/slice.js';
import * as catalogue from '../slices.js';
import { withPostgres } from './maintenance.js';

/** The write side as the service has it, without the service around it. */
export class Recording {
  private readonly stores: PostgresEventStore[] = [];

  private constructor(
    readonly config: Config,
    readonly logger: Logger,
    readonly database: Database,
  ) {}

  /** Opens it for as long as the work takes. */
  static run<T>(work: (recording: Recording) => Promise<T>): Promise<T> {
    return withPostgres(async (config) => {
      const logger = createLogger('warn', config.settings.APP_ENV, process.stderr);
      const database = new Database(config, logger, migrationsOf(Object.values(catalogue)));
      await database.connect();
      try {
        return await work(new Recording(config, logger, database));
      } finally {
        await database.onApplicationShutdown();
      }
    });
  }

  store(): EventStore {
    const { database, logger } = this;
    const stuck = new StuckWrites(new Health(new Clock()), new Telemetry());
    const writer = new BatchWriter(database, new PartitionKeeper(database), logger, stuck);
    const store = new PostgresEventStore(writer, new RecordedFacts(database, logger), this.config);
    this.stores.push(store);
    return store;
  }

  /** Gives up the events that PostgreSQL has not taken within the time of a drain: recording rejects with OutcomeUnknown. */
  stop(): void {
    for (const store of this.stores) store.onModuleDestroy();
  }

  /** The command of every intake. @param store where its events go */
  handler(store: EventStore): RecordEventHandler {
    const counters = { count: () => undefined };
    return new RecordEventHandler(store, counters, this.config, this.logger);
  }
}
