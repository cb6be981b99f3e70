import type { Publisher } from '../../../../src/platform/pulsar/message-broker.port.js';
import { WebSocketBroker } from '../../../../src/platform/pulsar/websocket/websocket-broker.js';
import { quietLogger } from '../../../support/application.js';
import { createSubscription, createTopic, deleteTopic, describeWithPulsar } from '../../../support/pulsar.js';
import { terminate, testPulsar } from '../../../support/pulsar.js';
import { eventually } from '../../../support/waiting.js';
import { TcpProxy } from '../../../support/tcp-proxy.js';
import { collect, numbered, numbersOf } from '../message-flow.js';

const FRAME_BYTES = 1_048_576;
/** Length of the frame around the payload, for a first message: `{"payload":"…","context":"1"}`. */
const ENVELOPE_BYTES = '{"payload":"","context":"1"}'.length;

describeWithPulsar('WebSocketPublisher', () => {
  let proxy: TcpProxy;
  let broker: WebSocketBroker;
  let topic: string;
  let publisher: Publisher;

  beforeEach(async () => {
    const { hostname, port } = new URL(testPulsar().webUrl);
    proxy = await TcpProxy.to({ host: hostname, port: Number(port) });
    broker = new WebSocketBroker({ webSocketUrl: `ws://127.0.0.1:${proxy.port}`, log: quietLogger });
    topic = await createTopic();
    await createSubscription(topic, 'reader');
    publisher = broker.createPublisher(topic);
  });
  afterEach(async () => {
    await broker.close();
    await proxy.close();
  });
  const published = async (count: number): Promise<number[]> => {
    const options = { type: 'Shared', maxInFlightMessages: 100, maxInFlightBytes: 16_000_000 } as const;
    return numbersOf(await collect(broker.subscribe({ topic, subscription: 'reader', ...options }), count));
  };

  it('rejects what is pending when the connection is cut, as unknown, and publishes again afterwards', async () => {
    await publisher.publish({ data: Buffer.from('0') });
    proxy.stall(); // no confirmation comes through
    const pending = numbered(10, 1).map((message) => publisher.publish(message));
    const outcomes = Promise.allSettled(pending);
    await new Promise((resolve) => setImmediate(resolve)); // they are sent at the end of this turn
    proxy.flow();
    proxy.cut();
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: {
          name: 'PublishError',
          outcome: 'unknown',
          message: expect.stringContaining('may be stored') as string,
        },
      });
    await publisher.publish({ data: Buffer.from('99') });
    expect((await published(2)).filter((number) => number === 0 || number === 99)).toContain(0);
  });

  it('publishes again once a topic that was terminated is deleted and made anew', async () => {
    await publisher.publish({ data: Buffer.from('0') });
    await terminate(topic);
    await expect(publisher.publish({ data: Buffer.from('1') })).rejects.toMatchObject({ name: 'PublishError' });
    await deleteTopic(topic);
    await createSubscription(topic, 'reader');
    await eventually(() => publisher.publish({ data: Buffer.from('2') }), { within: 30_000, what: 'it is published' });
    expect(await published(1)).toEqual([2]);
  });

  it('rejects a message above the frame of the service before it is sent, and takes one that just fits', async () => {
    const largest = ((FRAME_BYTES - ENVELOPE_BYTES) / 4) * 3;
    expect(Number.isInteger(largest)).toBe(true);
    const fits = Buffer.alloc(largest);
    await expect(publisher.publish({ data: fits })).resolves.toMatch(/^\d+:\d+:-1:-?\d+$/);
    await expect(publisher.publish({ data: Buffer.alloc(largest + 1) })).rejects.toMatchObject({
      outcome: 'not_sent',
      message: expect.stringContaining('frames up to 1 MiB') as string,
    });
    expect(proxy.connections).toBe(1); // the service would have closed it
    await publisher.publish({ data: Buffer.from('still here') });
    await expect(published(2)).resolves.toHaveLength(2);
  });

  it('waits for confirmations on close', async () => {
    await publisher.publish({ data: Buffer.from('0') });
    proxy.latency(100);
    const pending = Promise.all(numbered(50, 1).map((message) => publisher.publish(message)));
    await publisher.close();
    await expect(pending).resolves.toHaveLength(50);
  });

  it('says that nothing was sent, and why, when there is no broker', async () => {
    const absent = new WebSocketBroker({ webSocketUrl: 'ws://127.0.0.1:1', log: quietLogger });
    await expect(absent.createPublisher('clicks').publish({ data: Buffer.from('x') })).rejects.toMatchObject({
      outcome: 'not_sent',
      message: expect.stringContaining('nothing listens on 127.0.0.1:1') as string,
    });
    await absent.close();
  });
});
