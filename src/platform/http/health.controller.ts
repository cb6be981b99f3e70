import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { Health, type ComponentHealth } from '../observability/health.js';

const SERVICE = 'monitoreo-servicio';

class HealthResponse {
  @ApiProperty({ enum: ['healthy', 'degraded'], description: '`degraded` while a part is away; `components` names it' })
  status!: 'healthy' | 'degraded';
  @ApiProperty({ example: SERVICE })
  service!: string;
  @ApiProperty({
    description: 'Each part: `up`, `down` with the reason, or `off` when there is none to connect to',
    type: 'object',
    additionalProperties: {
      type: 'object',
      required: ['status'],
      additionalProperties: false,
      properties: { status: { type: 'string', enum: ['up', 'down', 'off'] }, reason: { type: 'string' } },
    },
    example: { postgresql: { status: 'up' }, pulsar: { status: 'up' } },
  })
  components!: Record<string, ComponentHealth>;
}

class AliveResponse {
  @ApiProperty({ example: 'ok' })
  status!: string;
}

/** What a person, a supervisor and a balancer ask; none of them touches the pools that serve requests. */
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly health: Health) {}

  @Get()
  @ApiOperation({ summary: 'How the service and its parts are', description: 'Always 200; `status` tells.' })
  @ApiOkResponse({ type: HealthResponse })
  async report(): Promise<HealthResponse> {
    const components = await this.health.report();
    const healthy = Object.values(components).every(({ status }) => status === 'up');
    return { status: healthy ? 'healthy' : 'degraded', service: SERVICE, components };
  }

  @Get('live')
  @ApiOperation({
    summary: 'Whether the process answers',
    description: 'Asks no other part, so an outage elsewhere restarts nothing.',
  })
  @ApiOkResponse({ type: AliveResponse })
  live(): AliveResponse {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({
    summary: 'Whether requests can be served',
    description:
      '503 names the part: PostgreSQL away, migrations pending, a configuration error, or shutting down. Pulsar does not count: HTTP works without it.',
  })
  @ApiOkResponse({ type: AliveResponse })
  @ApiServiceUnavailableResponse({ description: 'Names the part that is away' })
  async ready(): Promise<AliveResponse> {
    const reasons = Object.entries(await this.health.notReady());
    if (reasons.length === 0) return { status: 'ok' };
    throw new ServiceUnavailableException({
      code: 'not_ready',
      message: reasons.map(([part, reason]) => `${part}: ${reason}`).join('; '),
      errors: reasons.map(([field, message]) => ({ field, message })),
    });
  }
}
