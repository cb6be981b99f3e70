import { spawnSync } from 'node:child_process';
import { openBroker } from '../../../../src/platform/pulsar/open-broker.js';
import { quietLogger } from '../../../support/application.js';
import { createSubscription, createTopic, describeWithPulsar, testPulsar, unload } from '../../../support/pulsar.js';
import { brokerContract } from '../broker-contract.js';
import { collect, numbered } from '../message-flow.js';

const openNative = async () => {
  const broker = await openBroker({ ...testPulsar(), log: quietLogger });
  if (broker.client !== 'native') throw new Error(`the ${broker.client} client answered`);
  return broker;
};

/** In a process of its own: a half-loaded addon must not stay in this one. */
function whyNoNativeClient(): string | null {
  const { status, stderr } = spawnSync(process.execPath, ['-e', 'require("pulsar-client")'], { encoding: 'utf8' });
  return status === 0 ? null : (/^\w*Error: .*$/m.exec(stderr)?.[0] ?? `exit ${status}`);
}

const missing = whyNoNativeClient();
const describeWithNative = (name: string, tests: () => void): void => {
  if (missing === null) describeWithPulsar(name, tests);
  else describe.skip(`${name} (skipped: pulsar-client does not load: ${missing})`, tests);
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
