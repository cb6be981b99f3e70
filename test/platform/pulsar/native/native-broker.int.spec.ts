import { openBroker } from '../../../../src/platform/pulsar/open-broker.js';
import { quietLogger } from '../../../support/application.js';
import { publishTombstone } from '../../../e2e/tombstone.js';
import { describeWithNative } from '../../../support/native-client.js';
import { createSubscription, createTopic, testPulsar, unload } from '../../../support/pulsar.js';
import { brokerContract } from '../broker-contract.js';
import { collect, numbered } from '../message-flow.js';

const openNative = async () => {
  const broker = await openBroker({ ...testPulsar(), log: quietLogger });
  if (broker.client !== 'native') throw new Error(`the ${broker.client} client answered`);
  return broker;
};

describeWithNative('Pulsar through the native library', () => {
  brokerContract(async () => {
    const broker = await openNative();
    return {
      broker,
      // The library connects to the address that the broker announces, past any proxy: let the broker break it.
      interrupt: (topic) => unload(topic),
      close: () => broker.close(),
    };
  });

  it('delivers a message without a value as one without bytes, and what is behind it', async () => {
    const topic = await createTopic();
    await createSubscription(topic, 'monitoreo');
    await publishTombstone(testPulsar().serviceUrl, topic);
    const broker = await openNative();
    await broker.createPublisher(topic).publish({ data: Buffer.from('behind') });
    const options = { type: 'Shared', maxInFlightMessages: 1000, maxInFlightBytes: 1_000_000 } as const;
    const received = await collect(broker.subscribe({ topic, subscription: 'monitoreo', ...options }), 2);
    expect(received.map(({ key, data, failure }) => ({ key, data: data.toString(), failure }))).toEqual([
      { key: 'u', data: '', failure: null },
      { key: null, data: 'behind', failure: null },
    ]);
    await broker.close();
  }, 60_000);

  it('gives a message the same identity and content as the WebSocket client', async () => {
    const topic = await createTopic({ partitions: 2 });
    const native = await openNative();
    const webSocket = await openBroker({ serviceUrl: testPulsar().webUrl.replace('http', 'ws'), log: quietLogger });
    const received = [];
    for (const broker of [native, webSocket]) await createSubscription(topic, broker.client);
    for (const [from, broker] of [native, webSocket].entries()) {
      const publisher = broker.createPublisher(topic);
      const inBatches = numbered(40, from * 41).map((message) => publisher.publish({ ...message, key: 'k' }));
      await Promise.all(inBatches);
      await publisher.publish({ data: Buffer.from('alone'), eventTime: 1_768_478_400_123, properties: { 7: 'x' } });
      await publisher.close();
    }
    for (const broker of [native, webSocket]) {
      const options = { type: 'Shared', maxInFlightMessages: 1000, maxInFlightBytes: 1_000_000 } as const;
      const subscription = broker.subscribe({ topic, subscription: broker.client, ...options });
      const messages = await collect(subscription, 82);
      received.push(
        messages
          .map(({ receipt: _, data, ...rest }) => ({ ...rest, data: data.toString() }))
          .sort((a, b) => (a.messageId < b.messageId ? -1 : 1)),
      );
    }
    expect(received[0]).toHaveLength(82);
    expect(received[0]).toEqual(received[1]);
    await Promise.all([native.close(), webSocket.close()]);
  });
});
