import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Counter } from 'prom-client';
import { ReplicatedMessages } from '../../events/application/replicated-messages.port.js';
import { Config } from '../../platform/config/config.js';
import { Logger } from '../../platform/observability/logger.js';
import { Telemetry } from '../../platform/observability/telemetry.js';
import { MessageBroker } from '../../platform/pulsar/message-broker.port.js';
import { REGIONS_VARIABLES } from '../regions.variables.js';

/** CONSUME, for topics that Pulsar itself replicates between regions. */
@Injectable()
export class ConsumedReplicas extends ReplicatedMessages implements OnApplicationBootstrap {
  readonly treatment: ReplicatedMessages['treatment'];
  private readonly counter: Counter<'topic'>;

  constructor(
    private readonly config: Config,
    private readonly broker: MessageBroker,
    private readonly logger: Logger,
    telemetry: Telemetry,
  ) {
    super();
    const { CONSUME, REGIONS } = config.of(REGIONS_VARIABLES);
    if (CONSUME === 'local' || (CONSUME === null && REGIONS !== null)) this.treatment = 'leave';
    else this.treatment = REGIONS === null ? 'record' : 'identified';
    this.counter = new Counter({
      name: 'monitoreo_replicated_messages_left_total',
      help: 'Messages that were replicated from another region, settled and not recorded (CONSUME=local)',
      labelNames: ['topic'],
      registers: [telemetry.registry],
    });
  }

  onApplicationBootstrap(): void {
    const { client } = this.broker;
    if (this.treatment === 'record' || client === 'direct' || client === 'none') return;
    this.logger.warn(
      { client, variable: 'PULSAR_CLIENT', consume: this.config.of(REGIONS_VARIABLES).CONSUME },
      'this client does not tell which messages were replicated from another region: where topics are, leave PULSAR_CLIENT unset',
    );
  }

  left(topic: string, messages: number): void {
    this.counter.inc({ topic }, messages);
  }
}
