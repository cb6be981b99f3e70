import { openBroker } from '../../../../src/platform/pulsar/open-broker.js';
import type { MessageBroker } from '../../../../src/platform/pulsar/message-broker.port.js';
import { quietLogger } from '../../../support/application.js';
import { createSubscription, createTopic, describeWithPulsar, testPulsar } from '../../../support/pulsar.js';
import { collect, numbered } from '../message-flow.js';

describeWithPulsar("Pulsar's own protocol beside its WebSocket service", () => {
  const all: MessageBroker[] = [];
  beforeAll(async () => {
    for (const client of ['direct', 'websocket'] as const)
      all.push(await openBroker({ ...testPulsar(), client, log: quietLogger }));
  });
  afterAll(() => Promise.all(all.map((broker) => broker.close())));

  it.each([undefined, 2])(
    'gives a message the same identity and content, partitions: %p',
    async (partitions) => {
      const topic = await createTopic({ partitions });
      for (const { client } of all) await createSubscription(topic, client);
      for (const [from, broker] of all.entries()) {
        const publisher = broker.createPublisher(topic);
        await Promise.all(numbered(40, from * 43).map((message) => publisher.publish({ ...message, key: 'k' })));
        await publisher.publish({ data: Buffer.from('alone'), eventTime: 1_768_478_400_123, properties: { 7: 'x' } });
        await publisher.publish({
          data: Buffer.from('alone'),
          key: '',
          properties: JSON.parse('{"__proto__":"é😀"}') as Record<string, string>,
        });
        await publisher.publish({ data: Buffer.alloc(0) });
        await publisher.close();
      }
      const received = [];
      for (const broker of all) {
        const options = { type: 'Shared', maxInFlightMessages: 1000, maxInFlightBytes: 1_000_000 } as const;
        const subscription = broker.subscribe({ topic, subscription: broker.client, ...options });
        const messages = await collect(subscription, 86);
        received.push(
          messages
            .map(({ receipt: _, data, properties, ...rest }) => ({
              ...rest,
              data: data.toString(),
              properties: Object.entries(properties),
            }))
            .sort((a, b) => (a.messageId < b.messageId ? -1 : 1)),
        );
        await subscription.close();
      }
      expect(received[0]).toHaveLength(86);
      expect(received[0]).toEqual(received[1]);
    },
    60_000,
  );
});
