import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Registry } from 'prom-client';
import { Telemetry } from '../observability/telemetry.js';

/** `/metrics` is taken by the product. */
@ApiExcludeController()
@Controller('internal/metrics')
export class TelemetryController {
  constructor(private readonly telemetry: Telemetry) {}

  @Get()
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  @Header('cache-control', 'no-store')
  prometheus(): Promise<string> {
    return this.telemetry.registry.metrics();
  }
}
