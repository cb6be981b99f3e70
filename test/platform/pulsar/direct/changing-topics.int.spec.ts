import { DirectBroker } from '../../../../src/platform/pulsar/direct/direct-broker.js';
import type { ReceivedMessage, Subscription } from '../../../../src/platform/pulsar/message-broker.port.js';
import { partitionOf } from '../../../../src/platform/pulsar/message-id.js';
import { quietLogger } from '../../../support/application.js';
import { createSubscription, createTopic, deleteTopic, describeWithPulsar, growTo } from '../../../support/pulsar.js';
import { terminate, testPulsar, unload } from '../../../support/pulsar.js';
import { eventually } from '../../../support/waiting.js';
import { numbered } from '../message-flow.js';

const DEADLINE_MS = 30_000;
const OPTIONS = { subscription: 'monitoreo', maxInFlightMessages: 1000, maxInFlightBytes: 3_000_000 } as const;

/** Takes and acknowledges all that comes. */
class Taker {
  /** By message id: what comes twice has the same. */
  readonly received = new Map<string, ReceivedMessage>();

  constructor(private readonly subscription: Subscription) {
    void this.run();
  }

  get partitions(): number {
    return new Set([...this.received.keys()].map(partitionOf)).size;
  }

  async has(ids: readonly string[]): Promise<void> {
    await eventually(() => ids.every((id) => this.received.has(id)), {
      within: DEADLINE_MS,
      what: `${ids.length} came`,
    });
    expect([...this.received.keys()].sort()).toEqual([...ids].sort());
  }

  private async run(): Promise<void> {
    for (;;) {
      const messages = await this.subscription.receive();
      if (messages.length === 0) return;
      for (const message of messages) this.received.set(message.messageId, message);
      await this.subscription.acknowledge(messages);
    }
  }
}

describeWithPulsar('a topic that changes under its consumer', () => {
  let broker: DirectBroker;
  beforeEach(async () => {
    broker = await DirectBroker.open({ ...testPulsar(), growthCheckMs: 200, log: quietLogger });
  });
  afterEach(() => broker.close());

  it.each(['Shared', 'Failover'] as const)(
    '%s: from 1 to 4 to 8 partitions and unloaded, under load: nothing is lost, and each has its own identity',
    async (type) => {
      const topic = await createTopic({ partitions: 1 });
      await createSubscription(topic, OPTIONS.subscription);
      const taker = new Taker(broker.subscribe({ ...OPTIONS, topic, type }));
      const ids: string[] = [];
      const publish = async (publisher: { publish: (message: { data: Buffer }) => Promise<string> }) => {
        ids.push(...(await Promise.all(numbered(40).map((message) => publisher.publish(message)))));
      };
      for (const partitions of [1, 4, 8]) {
        const before = broker.createPublisher(topic);
        const load = publish(before);
        if (partitions > 1) await growTo(topic, partitions);
        await load;
        await publish(before);
        await before.close();
        const after = broker.createPublisher(topic);
        const all = async () => {
          await publish(after);
          return taker.partitions === partitions;
        };
        await eventually(all, { within: DEADLINE_MS, what: `messages come from ${partitions} partitions` });
        await after.close();
      }
      await unload(topic);
      const last = broker.createPublisher(topic);
      await publish(last);
      await last.close();
      expect(new Set(ids).size).toBe(ids.length);
      await taker.has(ids);
    },
    90_000,
  );

  it('terminated, deleted and made again: the same publisher and consumer go on', async () => {
    const topic = await createTopic();
    const taker = new Taker(broker.subscribe({ ...OPTIONS, topic, type: 'Shared' }));
    const publisher = broker.createPublisher(topic);
    const publish = async (text: string) => publisher.publish({ data: Buffer.from(text) });
    const before = await publish('before');
    await taker.has([before]);
    await terminate(topic);
    await expect(publish('refused')).rejects.toMatchObject({ name: 'PublishError' });
    await deleteTopic(topic);
    const after = await eventually(() => publish('after'), { within: DEADLINE_MS, what: 'it is published' });
    await taker.has([before, after]);
  }, 60_000);

  it('one partition terminated, deleted and made again: messages come from both', async () => {
    const topic = await createTopic({ partitions: 2 });
    const subscription = broker.subscribe({ ...OPTIONS, topic, type: 'Shared' });
    const taker = new Taker(subscription);
    const terminated = async () =>
      (await subscription.positions()).flatMap((position) => (position.terminated ? [position.partition] : []));
    await eventually(() => subscription.state().connected, { within: DEADLINE_MS, what: 'connected' });
    await terminate(`${topic}-partition-1`);
    expect(await terminated()).toEqual([1]);
    await deleteTopic(`${topic}-partition-1`);
    await eventually(async () => expect(await terminated()).toEqual([]), { within: DEADLINE_MS, what: 'made again' });
    const publisher = broker.createPublisher(topic);
    const ids = await Promise.all(numbered(40).map((message) => publisher.publish(message)));
    await taker.has(ids);
    expect(taker.partitions).toBe(2);
  }, 60_000);

  it('deleted and made again: what is published there comes', async () => {
    const topic = await createTopic();
    const subscription = broker.subscribe({ ...OPTIONS, topic, type: 'Shared' });
    const taker = new Taker(subscription);
    const publishAll = async () => {
      const publisher = broker.createPublisher(topic);
      await eventually(() => subscription.state().connected, { within: DEADLINE_MS, what: 'connected' });
      const ids = await Promise.all(numbered(20).map((message) => publisher.publish(message)));
      await publisher.close();
      return ids;
    };
    const before = await publishAll();
    await taker.has(before);
    await deleteTopic(topic);
    // Whoever comes first makes it: the consumer that is sent away, or this.
    await createSubscription(topic, 'another');
    await taker.has([...before, ...(await publishAll())]);
  }, 60_000);
});
