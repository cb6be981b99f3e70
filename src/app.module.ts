import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { DeadLettersModule } from './dead-letters/dead-letters.module.js';
import { EventsModule } from './events/events.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import type { Config } from './platform/config/config.js';
import type { Logger } from './platform/observability/logger.js';
import { PlatformModule } from './platform/platform.module.js';

/** The catalogue of slices. */
@Module({})
export class AppModule {
  static with(config: Config, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CqrsModule.forRoot(),
        PlatformModule.with(config, logger),
        EventsModule,
        DeadLettersModule,
        MetricsModule,
      ],
    };
  }
}
