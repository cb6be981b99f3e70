import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../../platform/config/config.js';
import { Health } from '../../../platform/observability/health.js';
import { EventTopicsConsumer } from './event-topics.consumer.js';

/** Without Pulsar HTTP goes on: the part is named in `/health`, readiness stays. */
@Injectable()
export class PulsarHealth implements OnModuleInit {
  constructor(
    private readonly consumer: EventTopicsConsumer,
    private readonly config: Config,
    private readonly health: Health,
  ) {}

  onModuleInit(): void {
    this.health.register({
      name: 'pulsar',
      required: false,
      check: () => {
        if (this.config.settings.PULSAR_SERVICE_URL === null) {
          return Promise.resolve({ status: 'off', reason: this.config.pulsarOff ?? 'PULSAR_SERVICE_URL is not set' });
        }
        const problems = this.consumer.problems();
        return Promise.resolve(
          problems.length === 0 ? { status: 'up' } : { status: 'down', reason: problems.join('; ') },
        );
      },
    });
  }
}
