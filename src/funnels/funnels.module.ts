import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { MetricsModule } from '../metrics/metrics.module.js';
import { FunnelReader } from './application/funnel-reader.port.js';
import { GetFunnelHandler } from './application/get-funnel.query.js';
import { PostgresFunnelReader } from './infrastructure/postgres/postgres-funnel-reader.js';
import { FunnelsController } from './rest/funnels.controller.js';

/**
 * What many do one after the other: reads the facts that the events slice writes;
 * answers are kept, and say how fresh they are, as those of metrics.
 */
@Module({
  imports: [CqrsModule, MetricsModule],
  controllers: [FunnelsController],
  providers: [
    // ask
    GetFunnelHandler,
    // read
    { provide: FunnelReader, useClass: PostgresFunnelReader },
  ],
})
export class FunnelsModule {}
