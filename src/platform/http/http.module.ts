import { Global, Module } from '@nestjs/common';
import { Telemetry, TelemetryController } from './telemetry.js';

/** What every slice may inject of the HTTP platform. */
@Global()
@Module({ controllers: [TelemetryController], providers: [Telemetry], exports: [Telemetry] })
export class HttpModule {}
