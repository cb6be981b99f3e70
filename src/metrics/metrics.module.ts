import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AnswerCache } from './application/answer-cache.js';
import { ConsumerSigns } from './application/consumer-signs.port.js';
import { FactSections } from './application/fact-sections.js';
import { FactsReader } from './application/facts-reader.port.js';
import { FreshnessOfTopics } from './application/freshness.js';
import { GetMetricsHandler } from './application/get-metrics.query.js';
import { GetTimeseriesHandler } from './application/get-timeseries.query.js';
import { GetTopPagesHandler } from './application/get-top-pages.query.js';
import { MetricsReader } from './application/metrics-reader.port.js';
import { PostgresConsumerSigns } from './infrastructure/postgres/postgres-consumer-signs.js';
import { PostgresFactsReader } from './infrastructure/postgres/postgres-facts-reader.js';
import { PostgresMetricsReader } from './infrastructure/postgres/postgres-metrics-reader.js';
import { MetricsController } from './rest/metrics.controller.js';

/** Reads the projections and the facts that the events slice writes; needs Database, Config and Clock from the platform. */
@Module({
  imports: [CqrsModule],
  controllers: [MetricsController],
  providers: [
    // ask
    GetMetricsHandler,
    GetTimeseriesHandler,
    GetTopPagesHandler,
    FactSections,
    FreshnessOfTopics,
    AnswerCache,
    // read
    { provide: MetricsReader, useClass: PostgresMetricsReader },
    { provide: FactsReader, useClass: PostgresFactsReader },
    { provide: ConsumerSigns, useClass: PostgresConsumerSigns },
  ],
  // for other slices that read: one memory for all kept answers, one say on how fresh figures are
  exports: [AnswerCache, FreshnessOfTopics],
})
export class MetricsModule {}
