import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { Alive, HealthReport, SERVICE } from '../observability/health.answer.js';
import { Health } from '../observability/health.js';
import { Open } from './access/route-access.js';
import { ApiAnswer } from './openapi/api-answer.js';

/** Answers a person, a supervisor and a balancer; none of these answers touches the pools that serve requests. */
@ApiTags('health')
@Open()
@Controller('health')
export class HealthController {
  constructor(private readonly health: Health) {}

  @Get()
  @ApiOperation({ summary: 'How the service and its parts are', description: 'Always 200; `status` tells.' })
  @ApiAnswer(200, HealthReport)
  async report(): Promise<HealthReport> {
    const components = await this.health.report();
    const healthy = Object.values(components).every(({ status }) => status === 'up');
    return { status: healthy ? 'healthy' : 'degraded', service: SERVICE, components };
  }

  @Get('live')
  @ApiOperation({
    summary: 'Whether the process answers',
    description: 'Asks no other part, so an outage elsewhere restarts nothing.',
  })
  @ApiAnswer(200, Alive)
  live(): Alive {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({
    summary: 'Whether requests can be served',
    description:
      '503 names the part: PostgreSQL away, migrations pending, a configuration error, or shutting down. Pulsar does not count: HTTP works without it.',
  })
  @ApiAnswer(200, Alive)
  @ApiServiceUnavailableResponse({ description: 'Names the part that is away' })
  async ready(): Promise<Alive> {
    const reasons = Object.entries(await this.health.notReady());
    if (reasons.length === 0) return { status: 'ok' };
    throw new ServiceUnavailableException({
      code: 'not_ready',
      message: reasons.map(([part, reason]) => `${part}: ${reason}`).join('; '),
      errors: reasons.map(([field, message]) => ({ field, message })),
    });
  }
}
