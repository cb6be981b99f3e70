import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { MetricsModule } from '../metrics/metrics.module.js';
import { GetJourneyHandler } from './application/get-journey.query.js';
import { JourneyReader } from './application/journey-reader.port.js';
import { PostgresJourneyReader } from './infrastructure/postgres/postgres-journey-reader.js';
import { JourneysController } from './rest/journeys.controller.js';

/** Tells what one person did. It reads the facts that the events slice writes; answers are kept, and say how fresh they are, as those of metrics. */
@Module({
  imports: [CqrsModule, MetricsModule],
  controllers: [JourneysController],
  providers: [GetJourneyHandler, { provide: JourneyReader, useClass: PostgresJourneyReader }],
})
export class JourneysModule {}
