import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock } from './clock/clock.js';
import { Config } from './config/config.js';
import { Housekeeping } from './housekeeping/housekeeping.js';
import { HealthController } from './http/health.controller.js';
import { Health } from './observability/health.js';
import { Logger } from './observability/logger.js';
import { Telemetry } from './observability/telemetry.js';
import { HeldAnswers } from './http/held-answers.js';
import { OpenRequests } from './http/open-requests.js';
import { TelemetryController } from './http/telemetry.controller.js';
import { Database } from './postgres/database.js';
import { DatabaseHealth } from './postgres/database-health.js';
import { Migrations } from './postgres/migrations.js';
import { MessageBroker } from './pulsar/message-broker.port.js';
import { brokerFor } from './pulsar/broker-for.js';

/** Technology that every slice may use. */
@Global()
@Module({})
export class PlatformModule {
  static with(config: Config, logger: Logger, migrations: Migrations): DynamicModule {
    return {
      module: PlatformModule,
      controllers: [HealthController, TelemetryController],
      providers: [
        Clock,
        { provide: Config, useValue: config },
        { provide: Logger, useValue: logger },
        { provide: Migrations, useValue: migrations },
        { provide: MessageBroker, useFactory: () => brokerFor(config, logger) },
        Database,
        DatabaseHealth,
        Health,
        Telemetry,
        OpenRequests,
        HeldAnswers,
        Housekeeping,
      ],
      exports: [HeldAnswers, Clock, Config, Logger, MessageBroker, Database, Health, Telemetry, Housekeeping],
    };
  }
}
