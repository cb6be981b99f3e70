import { Health } from '../platform/observability/health.js';
import { RecordEventHandler } from '../events/application/record-event.command.js';
import type { Erasures } from '../events/application/erasures.port.js';
import type { EventStore } from '../events/application/event-store.port.js';
import { PartitionKeeper } from '../events/infrastructure/postgres/keeping/partition-keeper.js';
import { BatchWriter } from '../events/infrastructure/postgres/recording/batch-writer.js';
import { PostgresEventStore } from '../events/infrastructure/postgres/recording/postgres-event-store.js';
import { RecordedFacts } from '../events/infrastructure/postgres/recording/recorded-facts.js';
import { ErasureKey } from '../people/application/erasure-key.js';
import { Eraser } from '../people/application/erasing/eraser.js';
import { OtherErasures } from '../people/application/other-erasures.js';
import { PostgresErasures } from '../people/infrastructure/postgres/postgres-erasures.js';
import { PostgresErasureStore } from '../people/infrastructure/postgres/postgres-erasure-store.js';
import { PostgresErasureWork } from '../people/infrastructure/postgres/postgres-erasure-work.js';
import { Clock } from '../platform/clock/clock.js';
import type { Config } from '../platform/config/config.js';
import { Housekeeping } from '../platform/housekeeping/housekeeping.js';
import { createLogger, type Logger } from '../platform/observability/logger.js';
import { Telemetry } from '../platform/observability/telemetry.js';
import { DatabaseClock } from '../platform/postgres/database-clock.js';
import { Database } from '../platform/postgres/database.js';
import { StuckWrites } from '../platform/postgres/stuck-writes.js';
import { migrationsOf } from '../platform/slice.js';
import * as catalogue from '../slices.js';
import { withPostgres } from './maintenance.js';

/** The write side as the service has it, without the service around it. */
export class Recording {
  private readonly stores: PostgresEventStore[] = [];
  readonly erasures: Erasures;

  private constructor(
    readonly config: Config,
    readonly logger: Logger,
    readonly database: Database,
  ) {
    this.erasures = new PostgresErasures(database, config);
  }

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
    const writer = new BatchWriter(database, new PartitionKeeper(database), this.erasures, logger, stuck);
    const store = new PostgresEventStore(writer, new RecordedFacts(database, logger), this.config);
    this.stores.push(store);
    return store;
  }

  /** The log of erasures of another region; what it has left to do here is done by this process. @param signal ends that */
  otherErasures(signal: AbortSignal): OtherErasures {
    const { database, config, logger } = this;
    const health = new Health(new Clock());
    signal.addEventListener('abort', () => health.drain(), { once: true });
    const key = new ErasureKey(config);
    const store = new PostgresErasureStore(database, new DatabaseClock(database), this.erasures);
    const work = new PostgresErasureWork(database, config, key);
    const housekeeping = new Housekeeping(database, health, logger);
    const eraser = new Eraser(work, store, key, config, housekeeping, health, logger);
    return new OtherErasures(store, key, eraser, this.erasures);
  }

  /** Gives up the events that PostgreSQL has not taken within the time of a drain: recording rejects with OutcomeUnknown. */
  stop(): void {
    for (const store of this.stores) store.onModuleDestroy();
  }

  /** The command of every intake. @param store takes its events */
  handler(store: EventStore): RecordEventHandler {
    const counters = { count: () => undefined };
    return new RecordEventHandler(store, counters, this.config, this.logger);
  }
}
