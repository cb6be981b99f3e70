import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Health } from '../../../platform/observability/health.js';
import { MessageBroker } from '../../../platform/pulsar/message-broker.port.js';
import { EventTopicsConsumer } from './event-topics.consumer.js';

/** Names Pulsar in `/health`. HTTP goes on without it, so the service stays ready. */
@Injectable()
export class PulsarHealth implements OnModuleInit {
  constructor(
    private readonly consumer: EventTopicsConsumer,
    private readonly broker: MessageBroker,
    private readonly health: Health,
  ) {}

  onModuleInit(): void {
    this.health.register({
      name: 'pulsar',
      required: false,
      check: () => {
        const { absence } = this.broker;
        if (absence !== null) return Promise.resolve({ status: 'off', reason: absence });
        const problems = this.consumer.problems();
        return Promise.resolve(
          problems.length === 0 ? { status: 'up' } : { status: 'down', reason: problems.join('; ') },
        );
      },
    });
  }
}
