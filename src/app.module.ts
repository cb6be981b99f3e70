import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { DeadLettersModule } from './dead-letters/dead-letters.module.js';
import { EventsModule } from './events/events.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import type { Config } from './platform/config/config.js';
import type { Logger } from './platform/observability/logger.js';
import { PlatformModule } from './platform/platform.module.js';
import type { LateAddress } from './platform/pulsar/late/late-address.js';

/** The catalogue of slices. */
@Module({})
export class AppModule {
  /** @param latePulsar the address of our own broker, when it could not start yet */
  static with(config: Config, logger: Logger, latePulsar: LateAddress | null = null): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CqrsModule.forRoot(),
        PlatformModule.with(config, logger, latePulsar),
        EventsModule,
        DeadLettersModule,
        MetricsModule,
      ],
    };
  }
}
