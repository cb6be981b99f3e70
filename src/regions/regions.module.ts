import { Global, Module } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Erasures } from '../events/application/erasures.port.js';
import { ReplicatedMessages } from '../events/application/replicated-messages.port.js';
import { OtherErasures } from '../people/application/other-erasures.js';
import { Clock } from '../platform/clock/clock.js';
import { Config } from '../platform/config/config.js';
import { Logger } from '../platform/observability/logger.js';
import { Database } from '../platform/postgres/database.js';
import { ConflictStore } from './application/merging/conflict-store.port.js';
import { ForeseenFacts } from './application/merging/foreseen-facts.port.js';
import { GetFactsHandler } from './application/facts/get-facts.query.js';
import { GetRegionsHandler } from './application/get-regions.query.js';
import { MergeLog } from './application/merging/merge-log.port.js';
import { Merger } from './application/merging/merger.js';
import { OtherRegion } from './application/merging/other-region.port.js';
import { RegionFacts } from './application/facts/region-facts.port.js';
import { RegionMerges } from './application/merging/region-merges.js';
import { RegionStandings } from './application/region-standings.js';
import { RegionsReader } from './application/regions-reader.port.js';
import { StartMergeHandler } from './application/merging/start-merge.command.js';
import { ConsumedReplicas } from './infrastructure/consumed-replicas.js';
import { HttpOtherRegion } from './infrastructure/http/http-other-region.js';
import { PostgresConflictStore } from './infrastructure/postgres/postgres-conflict-store.js';
import { PostgresForeseenFacts } from './infrastructure/postgres/postgres-foreseen-facts.js';
import { PostgresMergeLog } from './infrastructure/postgres/postgres-merge-log.js';
import { PostgresRegionFacts } from './infrastructure/postgres/postgres-region-facts.js';
import { PostgresRegionsReader } from './infrastructure/postgres/postgres-regions-reader.js';
import { RegionReach } from './infrastructure/region-reach.js';
import { FactsController } from './rest/facts.controller.js';
import { RegionsController } from './rest/regions.controller.js';

/**
 * Several regions with a database each: what one recorded is merged into the other.
 *
 * Global, because figures of other slices say how far the regions are merged, and because it implements a port of `events`, whose
 * module must not import this one.
 */
@Global()
@Module({
  controllers: [FactsController, RegionsController],
  providers: [
    // be read by another region
    GetFactsHandler,
    { provide: RegionFacts, useClass: PostgresRegionFacts },
    // merge another region
    StartMergeHandler,
    RegionMerges,
    {
      provide: Merger,
      inject: [OtherRegion, CommandBus, MergeLog, ConflictStore, ForeseenFacts, OtherErasures, Config, Logger],
      useFactory: (
        other: OtherRegion,
        commands: CommandBus,
        log: MergeLog,
        conflicts: ConflictStore,
        foreseen: ForeseenFacts,
        erasures: OtherErasures,
        config: Config,
        logger: Logger,
      ) =>
        new Merger({
          other,
          record: (command) => commands.execute(command),
          log,
          conflicts,
          foreseen,
          erasures,
          config,
          logger,
        }),
    },
    {
      provide: OtherRegion,
      inject: [Config, Clock],
      useFactory: (config: Config, clock: Clock) => new HttpOtherRegion(config, clock),
    },
    {
      provide: MergeLog,
      inject: [Database, Config, Clock],
      useFactory: (database: Database, config: Config, clock: Clock) => new PostgresMergeLog(database, config, clock),
    },
    {
      provide: ConflictStore,
      inject: [Database, Erasures],
      useFactory: (database: Database, erasures: Erasures) => new PostgresConflictStore(database, erasures),
    },
    {
      provide: ForeseenFacts,
      inject: [Database],
      useFactory: (database: Database) => new PostgresForeseenFacts(database),
    },
    // leave to other regions what is theirs
    { provide: ReplicatedMessages, useClass: ConsumedReplicas },
    // show
    GetRegionsHandler,
    RegionStandings,
    { provide: RegionsReader, useClass: PostgresRegionsReader },
    RegionReach,
  ],
  exports: [RegionStandings, ReplicatedMessages],
})
export class RegionsModule {}
