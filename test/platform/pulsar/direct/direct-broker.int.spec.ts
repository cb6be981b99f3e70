import { DirectBroker } from '../../../../src/platform/pulsar/direct/direct-broker.js';
import { quietLogger } from '../../../support/application.js';
import { BinaryProducer } from '../../../faults/envelopes/binary-producer.js';
import { backlog, createTopic, describeWithPulsar, testPulsar, unload } from '../../../support/pulsar.js';
import { eventually } from '../../../support/waiting.js';
import { compareEntries } from '../../../../src/platform/pulsar/message-id.js';
import { brokerContract } from '../broker-contract.js';
import { collect, numbered, numbersOf } from '../message-flow.js';

interface InternalStats {
  readonly entriesAddedCounter: number;
  readonly lastConfirmedEntry: string;
  readonly cursors: { readonly failover: { readonly readPosition: string } };
}

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

  it('Failover: what the broker does not deliver, as it claims to hold no message, stays in the backlog', async () => {
    const WITHIN = { within: 20_000 };
    const broker = await openDirect();
    const topic = await createTopic();
    const path = `${testPulsar().webUrl}/admin/v2/${topic.replace('://', '/')}`;
    const subscription = broker.subscribe({
      topic,
      subscription: 'failover',
      type: 'Failover',
      maxInFlightMessages: 1000,
      maxInFlightBytes: 1_000_000,
    });
    await eventually(() => subscription.state().connected, { ...WITHIN, what: 'connected' });
    const producer = await BinaryProducer.open(testPulsar().serviceUrl, topic);
    const flows = async (number: number) => {
      await producer.send([{ payload: numbered(1, number)[0]!.data }]);
      const messages = await collect(subscription, 1);
      expect(numbersOf(messages)).toEqual([number]);
      await subscription.acknowledge(messages);
    };
    const waiting = (count: number) =>
      eventually(async () => (await backlog(topic, 'failover')) === count, {
        ...WITHIN,
        what: `${count} in the backlog`,
      });
    await flows(0);
    await waiting(0);

    await producer.send([{ payload: numbered(1, 1)[0]!.data, fields: [[11, 0]] }]);
    const passed = async () => {
      const stats = (await (await fetch(`${path}/internalStats`)).json()) as InternalStats;
      const { entriesAddedCounter, lastConfirmedEntry, cursors } = stats;
      // The broker begins another ledger whenever a write to its bookie fails: only the distance from the last entry counts.
      const [ledger, entry] = lastConfirmedEntry.split(':');
      const behindIt = `${ledger}:${Number(entry) + 1}`;
      expect([entriesAddedCounter, cursors.failover.readPosition]).toEqual([2, behindIt]);
    };
    await eventually(passed, { ...WITHIN, what: 'the broker moved on' });
    await flows(2);
    await waiting(1);
    await flows(3);
    await waiting(1);
    await fetch(`${path}/subscription/failover/skip/1`, { method: 'POST' });
    await waiting(0);
    await flows(4);
    await waiting(0);
    producer.close();
    await broker.close();
  });

  it('does not mix messages in chunks of one uuid: a producer that died between two and is started again repeats it', async () => {
    const broker = await openDirect();
    const topic = await createTopic();
    const subscription = broker.subscribe({
      topic,
      subscription: 'chunks',
      type: 'Failover',
      maxInFlightMessages: 1000,
      maxInFlightBytes: 1_000_000,
    });
    await eventually(() => subscription.state().connected, { within: 20_000, what: 'connected' });
    const chunk = (text: string, index: number) => ({
      payload: Buffer.from(text),
      sequence: 0n,
      chunk: { uuid: 'orders-0', index, of: 2, bytes: 6 },
    });
    for (const chunks of [[chunk('AAA', 0)], [chunk('BBB', 0), chunk('bbb', 1)]]) {
      const producer = await BinaryProducer.open(testPulsar().serviceUrl, topic);
      await producer.send(chunks);
      producer.close();
    }
    const messages = await collect(subscription, 2);
    expect(messages.map(({ data, failure }) => [data.toString(), failure?.reason])).toEqual([
      ['AAA', 'chunk_incomplete'],
      ['BBBbbb', undefined],
    ]);
    await subscription.acknowledge(messages);
    await eventually(async () => (await backlog(topic, 'chunks')) === 0, { within: 20_000, what: 'all acknowledged' });
    await broker.close();
  });
});
