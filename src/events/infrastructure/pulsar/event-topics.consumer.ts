import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Config } from '../../../platform/config/config.js';
import { failpoint } from '../../events.failpoints.js';
import { Logger } from '../../../platform/observability/logger.js';
import {
  MessageBroker,
  type ReceivedMessage,
  type Subscription,
} from '../../../platform/pulsar/message-broker.port.js';
import { ConsumerProgress, type FollowedTopic, type TopicReport } from '../../application/consumer-progress.port.js';
import { type DeadLetter, DeadLetterStore } from '../../application/dead-letter-store.port.js';
import { RecordEventCommand } from '../../application/record-event.command.js';
import { ReplicatedMessages } from '../../application/replicated-messages.port.js';
import { EVENT_TYPES, type EventType } from '../../domain/incoming-event.js';
import type { RejectedVerdict } from '../../domain/verdict.js';
import { stalledTopic, terminatedTopic } from '../../domain/topic-problems.js';
import { EVENTS_VARIABLES } from '../../events.variables.js';
import { TopicWatch } from './lag/topic-watch.js';
import { messageKey, toIncomingEvent } from './message.mapper.js';
import { TopicPipeline } from './topic-pipeline.js';
import { topicOf } from '../../application/topic-of.js';

const MEGABYTE = 1024 * 1024;
/** Under this name a dead letter keeps what decrypts its bytes, for somebody who has the key. */
const ENCRYPTION_CONTEXT = 'pulsar.encryption_context';

interface ConsumedTopic {
  readonly topic: string;
  readonly subscription: Subscription;
  readonly pipeline: TopicPipeline;
  readonly watch: TopicWatch;
  /** Null: there is no broker yet. */
  followed: FollowedTopic | null;
}

/** A topic as this process sees it. */
export interface ConsumedTopicReport extends TopicReport {
  readonly topic: string;
  /** Whether messages wait, and no replica is given any. */
  readonly stalled: boolean;
}

/** The main job: for each topic it receives, maps, records, writes dead letters and acknowledges, in this order (docs/design.md, "The data's way"). */
@Injectable()
export class EventTopicsConsumer implements OnApplicationBootstrap, OnModuleDestroy {
  private topics: ConsumedTopic[] = [];
  private readonly giveUp = new AbortController();

  constructor(
    private readonly broker: MessageBroker,
    private readonly commands: CommandBus,
    private readonly deadLetters: DeadLetterStore,
    private readonly progress: ConsumerProgress,
    private readonly replicated: ReplicatedMessages,
    private readonly config: Config,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.topics = EVENT_TYPES.map((eventType) => this.consume(eventType));
  }

  /** Says what keeps messages from coming in, a line per topic; empty while all is well. */
  problems(): string[] {
    return this.topics.flatMap((consumed) => {
      const { topic } = consumed;
      const problem = problemOf(consumed);
      if (problem !== null) return [`${topic}: ${problem}`];
      if (consumed.followed?.stalled()) return [stalledTopic(topic)];
      const { terminated } = consumed.watch.report();
      return terminated.length > 0 ? [terminatedTopic(topic, terminated)] : [];
    });
  }

  /** The reports of the topics that there is a broker for. */
  reports(): ConsumedTopicReport[] {
    return this.topics.flatMap((consumed) => {
      const { topic, followed } = consumed;
      return followed === null ? [] : [{ topic, ...reportOf(consumed), stalled: followed.stalled() }];
    });
  }

  /** Stops receiving, lets what is in flight commit and be acknowledged, then closes. */
  async onModuleDestroy(): Promise<void> {
    await failpoint('in_drain');
    const timer = setTimeout(
      () => this.giveUp.abort(new Error('drain time-out')),
      this.config.settings.DRAIN_TIMEOUT_MS,
    );
    await Promise.all(
      this.topics.map(async ({ subscription, pipeline, watch }) => {
        watch.stop();
        await pipeline.stop();
        await subscription.close();
      }),
    );
    clearTimeout(timer);
  }

  private consume(eventType: EventType): ConsumedTopic {
    const settings = this.config.of(EVENTS_VARIABLES);
    const topic = topicOf(eventType, this.config);
    const subscription = this.broker.subscribe({
      topic,
      subscription: settings.PULSAR_SUBSCRIPTION,
      type: settings.PULSAR_SUBSCRIPTION_TYPE,
      maxInFlightMessages: settings.PULSAR_IN_FLIGHT_MESSAGES,
      maxInFlightBytes: settings.PULSAR_IN_FLIGHT_MB * MEGABYTE,
    });
    const watch = new TopicWatch(subscription);
    const settle = async (messages: readonly ReceivedMessage[]) => {
      const settled = watch.begin(messages);
      await this.settle(messages, eventType);
      settled();
    };
    const pipeline = new TopicPipeline(subscription, settle, settings.PULSAR_SUBSCRIPTION_TYPE === 'Failover');
    const consumed: ConsumedTopic = { topic, subscription, pipeline, watch, followed: null };
    this.broker.oncePresent(() => {
      watch.start();
      consumed.followed = this.progress.follow(topic, () => reportOf(consumed));
    });
    void pipeline.run().then(() => {
      if (pipeline.abandoned !== null)
        this.logger.error({ err: pipeline.abandoned, topic }, 'left unsettled: the broker will deliver it again');
    });
    return consumed;
  }

  private async settle(received: readonly ReceivedMessage[], eventType: EventType): Promise<void> {
    const { PULSAR_CLUSTER: cluster } = this.config.of(EVENTS_VARIABLES);
    const messages = this.replicated.treatment === 'leave' ? this.published(received) : received;
    const mintsForAll = this.replicated.treatment === 'record';
    const events = incomingEvents(messages, eventType, cluster, mintsForAll);
    const verdicts = await this.commands.execute(new RecordEventCommand(events));
    const letters = messages.flatMap((message, index) => {
      const verdict = verdicts[index]!;
      return verdict.status === 'rejected' ? [deadLetter(message, verdict, cluster)] : [];
    });
    if (letters.length === 0) return;
    await failpoint('before_dead_letters');
    await this.deadLetters.add(letters, this.giveUp.signal);
  }

  /** The messages that were published in this region. */
  private published(received: readonly ReceivedMessage[]): readonly ReceivedMessage[] {
    const messages = received.filter(({ replicatedFrom }) => replicatedFrom === null);
    const others = received.length - messages.length;
    if (others > 0) this.replicated.left(received[0]!.topic, others);
    return messages;
  }
}

function problemOf({ subscription, pipeline }: Pick<ConsumedTopic, 'subscription' | 'pipeline'>): string | null {
  const { connected, reason } = subscription.state();
  if (pipeline.abandoned !== null) return 'no longer consumed, restart the service';
  return connected ? null : (reason ?? 'not connected');
}

const reportOf = (consumed: ConsumedTopic): TopicReport => ({
  ...consumed.watch.report(),
  problem: problemOf(consumed),
});

/** One message at a time, so that none outlives its examination. */
function* incomingEvents(
  messages: readonly ReceivedMessage[],
  eventType: EventType,
  cluster: string,
  mintsForAll: boolean,
) {
  for (const message of messages) {
    yield toIncomingEvent(message, eventType, cluster, mintsForAll || message.replicatedFrom === null);
  }
}

const deadLetter = (message: ReceivedMessage, verdict: RejectedVerdict, cluster: string): DeadLetter => ({
  originKey: messageKey(message, cluster),
  reason: verdict.reason,
  detail: verdict.field === null ? verdict.detail : `${verdict.field}: ${verdict.detail}`,
  topic: message.topic,
  messageId: message.messageId,
  messageKey: message.key,
  publishedAt: message.publishedAt,
  eventTime: message.eventTime,
  properties: {
    ...message.properties,
    ...(message.encryption !== null && { [ENCRYPTION_CONTEXT]: message.encryption }),
  },
  payload: message.data,
  envelope: message.envelope,
  schemaVersion: message.schemaVersion,
});
