import { randomUUID } from 'node:crypto';
import type {
  MessageBroker,
  OutgoingMessage,
  ReceivedMessage,
  Subscription,
  SubscriptionOptions,
  SubscriptionPosition,
} from '../../../src/platform/pulsar/message-broker.port.js';
import { compareEntries, partitionOf } from '../../../src/platform/pulsar/message-id.js';
import { backlog, createSubscription, createTopic, terminate } from '../../support/pulsar.js';
import { eventually } from '../../support/waiting.js';
import { collect, consumersOf, numbered, numbersOf } from './message-flow.js';

const SUBSCRIPTION = 'monitoreo';
const EVENT_TIME = Date.parse('2026-01-15T12:00:00.123Z');
/** The time that one test may take on a busy machine. */
const DEADLINE_MS = 20_000;

export interface BrokerUnderTest {
  readonly broker: MessageBroker;
  /** Breaks the connection of the topic's consumers, so that they must come back by themselves. */
  interrupt(topic: string): Promise<void>;
  close(): Promise<void>;
}

/** The promises that every adapter of the port keeps. `open` gives one that talks to the run's broker. */
export function brokerContract(open: () => Promise<BrokerUnderTest>): void {
  let opened: BrokerUnderTest;
  let broker: MessageBroker;
  const subscribe = (topic: string, options: Partial<SubscriptionOptions> = {}): Subscription =>
    broker.subscribe({
      topic,
      subscription: SUBSCRIPTION,
      type: 'Shared',
      maxInFlightMessages: 1000,
      maxInFlightBytes: 16_000_000,
      ...options,
    });
  const publishAll = async (topic: string, messages: readonly OutgoingMessage[]): Promise<string[]> => {
    const publisher = broker.createPublisher(topic);
    const ids = await Promise.all(messages.map((message) => publisher.publish(message)));
    await publisher.close();
    return ids;
  };
  const topicWithSubscription = async (options: { partitions?: number } = {}): Promise<string> => {
    const topic = await createTopic(options);
    await createSubscription(topic, SUBSCRIPTION);
    return topic;
  };
  const allAcknowledged = (topic: string, subscription = SUBSCRIPTION) =>
    eventually(async () => (await backlog(topic, subscription)) === 0, {
      within: DEADLINE_MS,
      what: 'no backlog on the broker',
    });

  beforeAll(async () => {
    opened = await open();
    ({ broker } = opened);
  });
  afterAll(() => opened.close());

  it('delivers what was published before the subscription existed', async () => {
    const topic = await topicWithSubscription(); // keeps the messages until somebody else reads them
    await publishAll(topic, numbered(5));
    const subscription = subscribe(topic, { subscription: 'newcomer' });
    expect(numbersOf(await collect(subscription, 5))).toEqual([0, 1, 2, 3, 4]);
    await subscription.close();
  });

  it('copies bytes, key, event time, publish time and properties, and says what is absent', async () => {
    const topic = await topicWithSubscription();
    const properties = { 4294967290: 'a number as a key', ce_id: 'é😀', empty: '' };
    const before = Date.now();
    await publishAll(topic, [
      { data: Buffer.from([0, 255, 128, 10]), key: 'user-1', eventTime: EVENT_TIME, properties },
      { data: Buffer.alloc(0) },
    ]);
    const subscription = subscribe(topic);
    const [full, bare] = await collect(subscription, 2);
    expect(full).toMatchObject({ topic, key: 'user-1', eventTime: EVENT_TIME, properties });
    expect(Object.keys(full?.properties ?? {})).toHaveLength(3);
    expect([...(full?.data ?? [])]).toEqual([0, 255, 128, 10]);
    expect(bare).toMatchObject({ key: null, eventTime: null, properties: {} });
    expect(Array.isArray(bare?.properties)).toBe(false);
    expect(bare?.data).toHaveLength(0);
    // The broker and this process share a clock.
    expect(full?.publishedAt).toBeGreaterThanOrEqual(before);
    expect(full?.publishedAt).toBeLessThanOrEqual(Date.now());
    await subscription.close();
  });

  it('gives the publisher the ids that the consumer sees, distinct within a producer batch', async () => {
    const topic = await topicWithSubscription();
    const ids = await publishAll(topic, numbered(300));
    const subscription = subscribe(topic);
    const received = await collect(subscription, 300);
    expect(received.map(({ messageId }) => messageId)).toEqual(ids);
    expect(new Set(ids).size).toBe(300);
    // Batching is on: one entry holds several messages.
    expect(new Set(ids.map((id) => id.split(':').slice(0, 3).join(':'))).size).toBeLessThan(150);
    await subscription.close();
  });

  it('names the parent topic and carries the partition in the id', async () => {
    const topic = await topicWithSubscription({ partitions: 3 });
    await publishAll(
      topic,
      numbered(60).map((message, i) => ({ ...message, key: `key-${i}` })),
    );
    const subscription = subscribe(topic);
    const received = await collect(subscription, 60);
    expect(new Set(received.map((message) => message.topic))).toEqual(new Set([topic]));
    const partitions = new Set(received.map(({ messageId }) => messageId.split(':')[2]));
    expect([...partitions].sort()).toEqual(['0', '1', '2']);
    await subscription.acknowledge(received);
    await allAcknowledged(topic);
    await subscription.close();
  });

  it.each(['Shared', 'Failover'] as const)('%s: acknowledged messages do not come back', async (type) => {
    const topic = await topicWithSubscription();
    await publishAll(topic, numbered(250));
    const first = subscribe(topic, { type });
    await first.acknowledge(await collect(first, 250));
    await allAcknowledged(topic);
    await first.close();
    await publishAll(topic, numbered(1, 250));
    const second = subscribe(topic, { type });
    expect(numbersOf(await collect(second, 1))).toEqual([250]);
    await second.close();
  });

  it('delivers again what was not acknowledged', async () => {
    const topic = await topicWithSubscription();
    const ids = await publishAll(topic, numbered(20));
    const first = subscribe(topic);
    await collect(first, 20);
    await first.close();
    const second = subscribe(topic);
    const again = await collect(second, 20);
    expect(again.map(({ messageId }) => messageId)).toEqual(ids);
    await second.acknowledge(again);
    await allAcknowledged(topic);
    await second.close();
  });

  it('Failover: keeps order, and acknowledges a prefix without what follows it', async () => {
    const topic = await topicWithSubscription();
    await publishAll(topic, numbered(100)); // a second call: entries of its own
    await publishAll(topic, numbered(100, 100));
    const first = subscribe(topic, { type: 'Failover' });
    const received = await collect(first, 200);
    expect(numbersOf(received)).toEqual(Array.from({ length: 200 }, (_, i) => i));
    await first.acknowledge(received.slice(0, 150));
    await first.close();
    const second = subscribe(topic, { type: 'Failover' });
    const again: ReceivedMessage[] = [];
    while (numbersOf(again).at(-1) !== 199) again.push(...(await collect(second, 1)));
    // At least the rest; of the entry that was acknowledged in part, the whole may come.
    expect(numbersOf(again).slice(-50)).toEqual(Array.from({ length: 50 }, (_, i) => 150 + i));
    await second.acknowledge(again);
    await allAcknowledged(topic);
    await second.close();
  });

  it('holds no more messages than it may, and goes on as they are acknowledged', async () => {
    const topic = await topicWithSubscription();
    await createSubscription(topic, 'witness');
    await publishAll(topic, numbered(500));
    const bounded = subscribe(topic, { maxInFlightMessages: 100 });
    const held: ReceivedMessage[] = [];
    let total = 0;
    const taking = (async () => {
      while (total < 500) {
        const messages = await bounded.receive();
        held.push(...messages);
        total += messages.length;
        expect(held.length).toBeLessThanOrEqual(100);
      }
    })();
    await eventually(() => held.length >= 50, { within: DEADLINE_MS, what: 'the bounded consumer has its share' });
    // Another consumer gets through the whole topic meanwhile: time enough to see that nothing more arrives here.
    const witness = subscribe(topic, { subscription: 'witness' });
    await collect(witness, 500, { acknowledge: true });
    expect(held.length).toBeLessThanOrEqual(100);
    while (total < 500) {
      await bounded.acknowledge(held.splice(0));
      await eventually(() => held.length > 0 || total === 500, { within: DEADLINE_MS, what: 'more messages arrive' });
    }
    await taking;
    await bounded.acknowledge(held.splice(0));
    await allAcknowledged(topic);
    await Promise.all([bounded.close(), witness.close()]);
  });

  it('holds no more bytes than it may, but for the message that crosses the bound', async () => {
    const SIZE = 700_000;
    const topic = await topicWithSubscription();
    await createSubscription(topic, 'witness');
    await publishAll(
      topic,
      numbered(20).map((message) => ({ ...message, data: Buffer.alloc(SIZE, 'x') })),
    );
    const bounded = subscribe(topic, { maxInFlightBytes: 3_000_000 });
    const held: ReceivedMessage[] = [];
    let total = 0;
    const taking = (async () => {
      while (total < 20) {
        const messages = await bounded.receive();
        held.push(...messages);
        total += messages.length;
        expect(held.length * SIZE).toBeLessThanOrEqual(3_000_000 + SIZE);
      }
    })();
    const witness = subscribe(topic, { subscription: 'witness' });
    await collect(witness, 20, { acknowledge: true });
    await eventually(() => held.length > 0, { within: DEADLINE_MS, what: 'the bounded consumer has its share' });
    while (total < 20) {
      await bounded.acknowledge(held.splice(0));
      await eventually(() => held.length > 0, { within: DEADLINE_MS, what: 'more messages arrive' });
    }
    await taking;
    await bounded.acknowledge(held.splice(0));
    await allAcknowledged(topic);
    await Promise.all([bounded.close(), witness.close()]);
  });

  it('comes back after an interruption as exactly one consumer, and delivers again what was held', async () => {
    const topic = await topicWithSubscription();
    const ids = await publishAll(topic, numbered(30));
    const subscription = subscribe(topic);
    const before = await collect(subscription, 30);
    await opened.interrupt(topic);
    const again = await collect(subscription, 30);
    expect(again.map(({ messageId }) => messageId)).toEqual(ids);
    expect(subscription.state()).toEqual({ connected: true, reason: null });
    expect(await consumersOf(topic, SUBSCRIPTION)).toBe(1);
    await subscription.acknowledge(before); // too late to count, and harmless
    await subscription.acknowledge(again);
    await allAcknowledged(topic);
    await subscription.close();
    // Our socket is gone; the broker removes the consumer of its own accord a moment later.
    await eventually(async () => (await consumersOf(topic, SUBSCRIPTION)) === 0, {
      within: 5_000,
      what: 'the consumer is gone',
    });
  });

  it('answers a pending receive with nothing when it is closed, and every later one', async () => {
    const topic = await topicWithSubscription();
    const subscription = subscribe(topic);
    await eventually(() => subscription.state().connected, { within: DEADLINE_MS, what: 'connected' });
    const pending = subscription.receive();
    await subscription.close();
    await expect(pending).resolves.toEqual([]);
    await expect(subscription.receive()).resolves.toEqual([]);
    await expect(subscription.acknowledge([])).resolves.toBeUndefined();
    expect(subscription.state()).toEqual({ connected: false, reason: 'closed' });
  });

  it('says how far the subscription is: what was published, received and acknowledged', async () => {
    const topic = await topicWithSubscription();
    const subscription = subscribe(topic);
    await eventually(() => subscription.state().connected, { within: DEADLINE_MS, what: 'connected' });
    const [empty] = await subscription.positions();
    expect(empty).toMatchObject({ partition: -1, waiting: 0n, delayed: 0n });
    expect(compareEntries(empty!.settled, empty!.last)).toBeGreaterThanOrEqual(0);

    const id = (messageId: string) => {
      const [ledger, entry] = messageId.split(':').map(BigInt);
      return { ledger: ledger!, entry: entry! };
    };
    /** The broker may begin another ledger at any time: then the end of one is also a place before the first of the next. */
    const settles = (position: SubscriptionPosition, from: string | null, below: string | null) =>
      (from === null || compareEntries(position.settled, id(from)) >= 0) &&
      (below === null || compareEntries(position.settled, id(below)) < 0);
    const ids: string[] = [];
    for (const message of numbered(3)) ids.push(...(await publishAll(topic, [message]))); // an entry each
    const received = await collect(subscription, 3);
    const [held] = await subscription.positions();
    expect(held).toMatchObject({ last: id(ids[2]!), waiting: 3n, delayed: 0n });
    expect(settles(held!, null, ids[0]!)).toBe(true);
    expect(held!.added! - empty!.added!).toBe(3n);

    await subscription.acknowledge(received.slice(0, 1));
    await eventually(
      async () => {
        const [position, ...more] = await subscription.positions();
        expect([more, position!.waiting, settles(position!, ids[0]!, ids[1]!)]).toEqual([[], 2n, true]);
      },
      { within: DEADLINE_MS, what: 'the first is settled' },
    );
    await subscription.acknowledge(received.slice(1));
    await eventually(
      async () => {
        const [position, ...more] = await subscription.positions();
        expect([more, position!.waiting, settles(position!, ids[2]!, null)]).toEqual([[], 0n, true]);
      },
      { within: DEADLINE_MS, what: 'all are settled' },
    );
    await subscription.close();
  });

  it('says it of each partition', async () => {
    const topic = await topicWithSubscription({ partitions: 3 });
    const messages = numbered(30).map((message, i) => ({ ...message, key: `key-${i}` }));
    await publishAll(topic, messages);
    const subscription = subscribe(topic);
    const received = await collect(subscription, 30);
    const before = await subscription.positions();
    expect(before.map(({ partition }) => partition)).toEqual([0, 1, 2]);
    expect(before.every(({ waiting }) => waiting! > 0n)).toBe(true);
    const ofFirst = received.filter(({ messageId }) => partitionOf(messageId) === 0);
    await subscription.acknowledge(ofFirst);
    const nothingWaits = async () => (await subscription.positions()).map(({ waiting }) => waiting === 0n);
    await eventually(async () => expect(await nothingWaits()).toEqual([true, false, false]), {
      within: DEADLINE_MS,
      what: 'one partition is settled',
    });
    await subscription.acknowledge(received);
    await allAcknowledged(topic);
    await subscription.close();
  });

  it('says why nobody can be asked how far it is', async () => {
    const subscription = subscribe(`persistent://nowhere/nowhere/${randomUUID()}`);
    await expect(subscription.positions()).rejects.toThrow(/answered 404/);
    await subscription.close();
  });

  it('says which topic is terminated, and delivers what was published before', async () => {
    const topic = await topicWithSubscription();
    await publishAll(topic, numbered(3));
    const subscription = subscribe(topic);
    const isTerminated = async () => (await subscription.positions()).map(({ terminated = false }) => terminated);
    expect(await isTerminated()).toEqual([false]);
    await terminate(topic);
    expect(await isTerminated()).toEqual([true]);
    expect(numbersOf(await collect(subscription, 3, { acknowledge: true }))).toEqual([0, 1, 2]);
    await allAcknowledged(topic);
    const [position] = await subscription.positions();
    expect(position).toMatchObject({ waiting: 0n, terminated: true });
    await subscription.close();
  });

  it('refuses to publish after close, and knows that nothing was sent', async () => {
    const publisher = broker.createPublisher(await createTopic());
    await publisher.publish({ data: Buffer.from('one') });
    await publisher.close();
    await expect(publisher.publish({ data: Buffer.from('two') })).rejects.toMatchObject({
      name: 'PublishError',
      outcome: 'not_sent',
    });
  });

  it('confirms more messages than it keeps pending, in order', async () => {
    const topic = await topicWithSubscription();
    const ids = await publishAll(topic, numbered(5000));
    expect(new Set(ids).size).toBe(5000);
    const subscription = subscribe(topic, { maxInFlightMessages: 2000 });
    const received = await collect(subscription, 5000, { acknowledge: true });
    expect(received.map(({ messageId }) => messageId)).toEqual(ids);
    await subscription.close();
  });
}
