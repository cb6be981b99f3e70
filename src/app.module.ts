import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { Config } from './platform/config/config.js';
import type { Logger } from './platform/observability/logger.js';
import { PlatformModule } from './platform/platform.module.js';
import type { LateAddress } from './platform/pulsar/late/late-address.js';
import { migrationsOf, modulesOf, type Slice } from './platform/slice.js';
import * as catalogue from './slices.js';

/** The platform and the slices of the catalogue. */
@Module({})
export class AppModule {
  /**
   * @param slices the list that `config` was loaded with
   * @param latePulsar the address of our own broker, when it could not start yet
   */
  static async with(
    config: Config,
    logger: Logger,
    slices: readonly Slice[] = Object.values(catalogue),
    latePulsar: LateAddress | null = null,
  ): Promise<DynamicModule> {
    return {
      module: AppModule,
      imports: [
        CqrsModule.forRoot(),
        PlatformModule.with(config, logger, migrationsOf(slices), latePulsar),
        ...(await modulesOf(slices)),
      ],
    };
  }
}
