import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Registry } from 'prom-client';
import { OpenRead } from './access/route-access.js';
import { Telemetry } from '../observability/telemetry.js';

/** `/metrics` is taken by the product. */
@ApiExcludeController()
@OpenRead()
@Controller('internal/metrics')
export class TelemetryController {
  private underWay: Promise<string> | null = null;

  constructor(private readonly telemetry: Telemetry) {}

  @Get()
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  @Header('cache-control', 'no-store')
  prometheus(): Promise<string> {
    // To write them takes 10 ms, and anybody may ask a hundred times at once.
    return (this.underWay ??= this.telemetry.registry.metrics().finally(() => (this.underWay = null)));
  }
}
