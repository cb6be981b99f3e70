import { Module } from '@nestjs/common';
import { MetricsModule } from '../metrics/metrics.module.js';
import { GetHeatmapPagesHandler } from './application/get-heatmap-pages.query.js';
import { GetHeatmapSummaryHandler } from './application/get-heatmap-summary.query.js';
import { GetOlderPagesHandler } from './application/get-older-pages.query.js';
import { GetOlderSummaryHandler } from './application/get-older-summary.query.js';
import { HeatmapReader } from './application/heatmap-reader.port.js';
import { PostgresHeatmapReader } from './infrastructure/postgres/postgres-heatmap-reader.js';
import { HeatmapController } from './rest/heatmap.controller.js';
import { OlderHeatmapController } from './rest/older-heatmap.controller.js';

/** Tells where pages are clicked and how far they are read. It counts the events that the events slice records. */
@Module({
  imports: [MetricsModule],
  controllers: [HeatmapController, OlderHeatmapController],
  providers: [
    // ask
    GetHeatmapSummaryHandler,
    GetHeatmapPagesHandler,
    GetOlderSummaryHandler,
    GetOlderPagesHandler,
    // read
    { provide: HeatmapReader, useClass: PostgresHeatmapReader },
  ],
})
export class HeatmapModule {}
