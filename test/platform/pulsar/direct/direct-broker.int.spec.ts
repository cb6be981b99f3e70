import { DirectBroker } from '../../../../src/platform/pulsar/direct/direct-broker.js';
import { quietLogger } from '../../../support/application.js';
import { createTopic, describeWithPulsar, testPulsar, unload } from '../../../support/pulsar.js';
import { eventually } from '../../../support/waiting.js';
import { compareEntries } from '../../../../src/platform/pulsar/message-id.js';
import { brokerContract } from '../broker-contract.js';
import { collect, numbered } from '../message-flow.js';

const openDirect = () => DirectBroker.open({ ...testPulsar(), log: quietLogger });

describeWithPulsar('Pulsar by its own protocol', () => {
  brokerContract(async () => {
    const broker = await openDirect();
    return {
      broker,
      // The broker names its own address, past any proxy: let the broker break it.
      interrupt: (topic) => unload(topic),
      close: () => broker.close(),
    };
  });

  it('tells its positions by the protocol where the REST API is closed', async () => {
    const broker = await DirectBroker.open({ ...testPulsar(), webUrl: 'http://127.0.0.1:9', log: quietLogger });
    const topic = await createTopic({ partitions: 2 });
    const publisher = broker.createPublisher(topic);
    for (const message of numbered(6)) await publisher.publish(message);
    const options = { type: 'Shared', maxInFlightMessages: 1000, maxInFlightBytes: 1_000_000 } as const;
    const subscription = broker.subscribe({ topic, subscription: 'positions', ...options });
    const messages = await collect(subscription, 6);
    const behind = (await subscription.positions()).filter(({ last, settled }) => compareEntries(last, settled) > 0);
    expect(behind.map(({ partition }) => partition)).toEqual([0, 1]);
    await subscription.acknowledge(messages);
    const settled = async () =>
      (await subscription.positions()).every((position) => compareEntries(position.last, position.settled) === 0);
    await eventually(settled, { within: 20_000, what: 'all is settled' });
    await broker.close();
  });
});
