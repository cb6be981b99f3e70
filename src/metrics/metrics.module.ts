import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { GetMetricsHandler } from './application/get-metrics.query.js';
import { MetricsReader } from './application/metrics-reader.port.js';
import { PostgresMetricsReader } from './infrastructure/postgres/postgres-metrics-reader.js';
import { MetricsController } from './rest/metrics.controller.js';

/** Reads the projections and the facts that the events slice writes; needs Database and Clock from the platform. */
@Module({
  imports: [CqrsModule],
  controllers: [MetricsController],
  providers: [GetMetricsHandler, { provide: MetricsReader, useClass: PostgresMetricsReader }],
})
export class MetricsModule {}
