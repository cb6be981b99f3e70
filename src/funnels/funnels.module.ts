import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { MetricsModule } from '../metrics/metrics.module.js';
import { FunnelReader } from './application/funnel-reader.port.js';
import { GetFunnelHandler } from './application/get-funnel.query.js';
import { GetPathsHandler } from './application/get-paths.query.js';
import { GetRetentionHandler } from './application/get-retention.query.js';
import { PathsReader } from './application/paths-reader.port.js';
import { RetentionReader } from './application/retention-reader.port.js';
import { PostgresFunnelReader } from './infrastructure/postgres/postgres-funnel-reader.js';
import { PostgresPathsReader } from './infrastructure/postgres/postgres-paths-reader.js';
import { PostgresRetentionReader } from './infrastructure/postgres/postgres-retention-reader.js';
import { FunnelsController } from './rest/funnels.controller.js';
import { PathsController } from './rest/paths.controller.js';
import { RetentionController } from './rest/retention.controller.js';

/**
 * Answers what many users do one after the other, where they go, and whether they come back. It reads the facts that the
 * events slice writes. Its answers are kept and say how fresh they are, as those of metrics.
 */
@Module({
  imports: [CqrsModule, MetricsModule],
  controllers: [FunnelsController, PathsController, RetentionController],
  providers: [
    // ask
    GetFunnelHandler,
    GetPathsHandler,
    GetRetentionHandler,
    // read
    { provide: FunnelReader, useClass: PostgresFunnelReader },
    { provide: PathsReader, useClass: PostgresPathsReader },
    { provide: RetentionReader, useClass: PostgresRetentionReader },
  ],
})
export class FunnelsModule {}
