import type { CommandBus } from '@nestjs/cqrs';
import { pino } from 'pino';
import type { ConsumerProgress } from '../../src/events/application/consumer-progress.port.js';
import type { DeadLetter } from '../../src/events/application/dead-letter-store.port.js';
import { RecordEventCommand, RecordEventHandler } from '../../src/events/application/record-event.command.js';
import type { ReplicatedMessages } from '../../src/events/application/replicated-messages.port.js';
import { EventTopicsConsumer } from '../../src/events/infrastructure/pulsar/event-topics.consumer.js';
import { type Config, loadConfig } from '../../src/platform/config/config.js';
import { Telemetry } from '../../src/platform/observability/telemetry.js';
import {
  type MessageBroker,
  NOT_TOLD,
  type ReceivedMessage,
  type SubscriptionOptions,
} from '../../src/platform/pulsar/message-broker.port.js';
import { RegionList } from '../../src/regions/domain/region-list.js';
import { ConsumedReplicas } from '../../src/regions/infrastructure/consumed-replicas.js';
import { replayedEvent } from '../../src/dead-letters/application/replayed-event.js';
import { TrackedEvent } from '../../src/events/domain/tracked-event.js';
import * as catalogue from '../../src/slices.js';
import { encoded, TEST_TIME } from '../support/events.js';
import { eventually } from '../support/waiting.js';

const logger = pino({ level: 'silent' });
const REGIONS = RegionList.parse('b=http://127.0.0.1:1');
const configured = (settings: Record<string, unknown>): Config =>
  loadConfig(Object.values(catalogue), {}).with(settings);

const message = (n: number, payload: object, replicatedFrom: string | null): ReceivedMessage => ({
  ...NOT_TOLD,
  topic: 'persistent://public/default/clicks',
  messageId: `1:${n}:-1:0`,
  data: encoded({ user_id: 'u', ...payload }),
  publishedAt: TEST_TIME,
  eventTime: null,
  key: null,
  properties: {},
  encryption: null,
  replicatedFrom,
  receipt: null,
});

/** One of this region, one from another with an id, one from there without. */
const MESSAGES = [message(1, {}, null), message(2, { event_id: 'e-2' }, 'b'), message(3, {}, 'b')];

/** The fates of messages, by their place on the topic. */
async function consumed(config: Config) {
  const telemetry = new Telemetry();
  const replicated: ReplicatedMessages = new ConsumedReplicas(
    config,
    { client: 'direct' } as MessageBroker,
    logger,
    telemetry,
  );
  const letters: DeadLetter[] = [];
  const stored: TrackedEvent[] = [];
  const store = {
    isFull: () => false,
    append: (events: readonly TrackedEvent[]) => {
      stored.push(...events);
      return Promise.resolve(events.map(({ eventId }) => ({ status: 'recorded' as const, eventId })));
    },
  };
  const handler = new RecordEventHandler(store, { count: () => undefined }, config, logger);
  let acknowledged = 0;
  const subscribe = ({ topic }: SubscriptionOptions) => {
    let delivered = !topic.endsWith('clicks');
    return {
      receive: () => {
        if (delivered) return new Promise(() => undefined);
        delivered = true;
        return Promise.resolve(MESSAGES);
      },
      acknowledge: (messages: readonly ReceivedMessage[]) => Promise.resolve(void (acknowledged += messages.length)),
      positions: () => Promise.resolve([]),
    };
  };
  const consumer = new EventTopicsConsumer(
    { subscribe, oncePresent: () => undefined } as unknown as MessageBroker,
    { execute: (command: RecordEventCommand) => handler.execute(command) } as unknown as CommandBus,
    {
      add: (added: readonly DeadLetter[]) => Promise.resolve(void letters.push(...added)),
    },
    {} as ConsumerProgress,
    replicated,
    config,
    logger,
  );
  consumer.onApplicationBootstrap();
  await eventually(() => acknowledged === MESSAGES.length, { within: 5_000, what: 'all messages are acknowledged' });
  const counted = /monitoreo_replicated_messages_left_total\{[^}]*\} (\d+)/.exec(await telemetry.registry.metrics());
  return {
    recorded: stored.map(({ messageId }) => messageId),
    letters: letters.map(({ messageId, reason }) => `${messageId} ${reason}`),
    left: Number(counted?.[1] ?? 0),
  };
}

describe('messages that were replicated from another region', () => {
  it.each<[string, Record<string, unknown>, Awaited<ReturnType<typeof consumed>>]>([
    ['without regions are recorded', {}, { recorded: ['1:1:-1:0', '1:2:-1:0', '1:3:-1:0'], letters: [], left: 0 }],
    ['with regions are left to their own', { REGIONS }, { recorded: ['1:1:-1:0'], letters: [], left: 2 }],
    [
      'with CONSUME=all and regions must bring an identity',
      { REGIONS, CONSUME: 'all' },
      { recorded: ['1:1:-1:0', '1:2:-1:0'], letters: ['1:3:-1:0 no_identity'], left: 0 },
    ],
    [
      'with CONSUME=local are left, also without regions',
      { CONSUME: 'local' },
      { recorded: ['1:1:-1:0'], letters: [], left: 2 },
    ],
  ])('%s', async (_, settings, expected) => {
    expect(await consumed(configured(settings))).toEqual(expected);
  });

  it('become no event of their own by a replay either, but with an id', () => {
    const letter = {
      id: '0190a000-0000-7000-8000-000000000001',
      originKey: '0190a000-0000-7000-8000-000000000002',
      reason: 'no_identity' as const,
      topic: 'persistent://public/default/clicks',
      messageId: '1:3:-1:0',
      publishedAt: TEST_TIME,
      eventTime: null,
      properties: {},
      payload: encoded({ user_id: 'u' }),
      payloadBytes: 15,
      unopened: false,
      recordedAs: null,
    };
    const config = configured({});
    const replay = (correction: Buffer | null) =>
      TrackedEvent.record(replayedEvent(letter, correction, config), { maxEventAgeDays: 400 });
    expect(() => replay(null)).toThrow(/^no_identity: .*send an event_id$/);
    expect(replay(encoded({ user_id: 'u', event_id: 'mine' })).eventId).toBe('mine');
  });
});
