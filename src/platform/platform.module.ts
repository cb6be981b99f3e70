import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock } from './clock/clock.js';
import { Config } from './config/config.js';
import { AgreedTime } from './housekeeping/agreed-time.js';
import { Housekeeping } from './housekeeping/housekeeping.js';
import { HealthController } from './http/health.controller.js';
import { Health } from './observability/health.js';
import { Logger } from './observability/logger.js';
import { Telemetry } from './observability/telemetry.js';
import { HeldAnswers } from './http/answers/held-answers.js';
import { LoadShedding } from './http/shedding/load-shedding.js';
import { OpenRequests } from './http/open-requests.js';
import { TelemetryController } from './http/telemetry.controller.js';
import { Database } from './postgres/database.js';
import { DatabaseClock } from './postgres/database-clock.js';
import { DatabaseHealth } from './postgres/database-health.js';
import { StuckWrites } from './postgres/stuck-writes.js';
import { Migrations } from './postgres/migrations.js';
import type { LateAddress } from './pulsar/late/late-address.js';
import { MessageBroker } from './pulsar/message-broker.port.js';
import { brokerFor } from './pulsar/broker-for.js';

/** Technology that every slice may use. */
@Global()
@Module({})
export class PlatformModule {
  /** @param latePulsar the address of our own broker, when it could not start yet */
  static with(config: Config, logger: Logger, migrations: Migrations, latePulsar: LateAddress | null): DynamicModule {
    return {
      module: PlatformModule,
      controllers: [HealthController, TelemetryController],
      providers: [
        Clock,
        { provide: Config, useValue: config },
        { provide: Logger, useValue: logger },
        { provide: Migrations, useValue: migrations },
        { provide: MessageBroker, useFactory: () => brokerFor(config, logger, latePulsar) },
        Database,
        StuckWrites,
        DatabaseHealth,
        Health,
        Telemetry,
        OpenRequests,
        LoadShedding,
        HeldAnswers,
        Housekeeping,
        DatabaseClock,
        AgreedTime,
      ],
      exports: [
        LoadShedding,
        HeldAnswers,
        Clock,
        Config,
        Logger,
        MessageBroker,
        Database,
        StuckWrites,
        Health,
        Telemetry,
        Housekeeping,
        DatabaseClock,
        AgreedTime,
      ],
    };
  }
}
