import { LateAddress } from '../../../../src/platform/pulsar/late/late-address.js';
import { LateBroker } from '../../../../src/platform/pulsar/late/late-broker.js';
import {
  type ConnectionState,
  MessageBroker,
  Publisher,
  type ReceivedMessage,
  Subscription,
  type SubscriptionOptions,
} from '../../../../src/platform/pulsar/message-broker.port.js';

const ADDRESS = { serviceUrl: 'pulsar://127.0.0.1:6650', webUrl: 'http://127.0.0.1:8080' };
const options = (topic: string): SubscriptionOptions => ({
  topic,
  subscription: 'monitoreo',
  type: 'Shared',
  maxInFlightMessages: 1,
  maxInFlightBytes: 1,
});

/** A broker that is there: each subscription hands out one message with the name of its topic. */
class PresentBroker extends MessageBroker {
  readonly client = 'websocket';
  readonly done: string[] = [];

  subscribe({ topic }: SubscriptionOptions): Subscription {
    const { done } = this;
    done.push(`subscribed ${topic}`);
    return new (class extends Subscription {
      receive = () => Promise.resolve([{ topic } as ReceivedMessage]);
      acknowledge = () => Promise.resolve(void done.push(`acknowledged ${topic}`));
      state = (): ConnectionState => ({ connected: true, reason: null });
      positions = () => Promise.resolve([]);
      close = () => Promise.resolve(void done.push(`closed ${topic}`));
    })();
  }

  createPublisher(topic: string): Publisher {
    const { done } = this;
    return new (class extends Publisher {
      publish = () => Promise.resolve(`1:1:-1:-1 ${topic}`);
      close = () => Promise.resolve(void done.push(`closed publisher ${topic}`));
    })();
  }

  close(): Promise<void> {
    this.done.push('closed');
    return Promise.resolve();
  }
}

let address: LateAddress;
let present: PresentBroker;
let broker: LateBroker;
beforeEach(() => {
  address = new LateAddress('no Java');
  present = new PresentBroker();
  broker = new LateBroker(address, ({ serviceUrl }) => {
    present.done.push(`opened ${serviceUrl}`);
    return Promise.resolve(present);
  });
});
const arrived = async () => {
  address.arrive(ADDRESS);
  await new Promise<void>((resolve) => broker.oncePresent(resolve));
};

test('until its address is known it is absent, for the reason that holds now', async () => {
  const subscription = broker.subscribe(options('clicks'));
  expect([broker.client, broker.absence]).toEqual(['none', 'no Java']);
  expect(subscription.state()).toEqual({ connected: false, reason: 'no Java' });
  address.explain('no Maven');
  expect([broker.absence, subscription.state().reason]).toEqual(['no Maven', 'no Maven']);
  await expect(broker.createPublisher('clicks').publish({ data: Buffer.from('') })).rejects.toThrow('no Maven');
});

test('what was subscribed before receives and acknowledges once the address is known', async () => {
  const subscription = broker.subscribe(options('clicks'));
  const received = subscription.receive();
  const publisher = broker.createPublisher('sales');
  await arrived();
  expect([broker.client, broker.absence]).toEqual(['websocket', null]);
  expect(await received).toEqual([{ topic: 'clicks' }]);
  expect(subscription.state()).toEqual({ connected: true, reason: null });
  await subscription.acknowledge(await received);
  expect(await publisher.publish({ data: Buffer.from('') })).toBe('1:1:-1:-1 sales');
  await subscription.close();
  await publisher.close();
  await broker.close();
  expect(present.done).toEqual([
    'opened pulsar://127.0.0.1:6650',
    'subscribed clicks',
    'acknowledged clicks',
    'closed clicks',
    'closed publisher sales',
    'closed',
  ]);
});

test('afterwards it is the broker itself', async () => {
  await arrived();
  expect(await broker.subscribe(options('sales')).receive()).toEqual([{ topic: 'sales' }]);
  expect(await broker.createPublisher('sales').publish({ data: Buffer.from('') })).toBe('1:1:-1:-1 sales');
  let called = false;
  broker.oncePresent(() => (called = true));
  expect(called).toBe(true);
});

test('what is closed before stays closed: its receive ends, and nothing is subscribed for it later', async () => {
  const subscription = broker.subscribe(options('clicks'));
  const received = subscription.receive();
  await subscription.close();
  expect(await received).toEqual([]);
  await arrived();
  expect(present.done).toEqual(['opened pulsar://127.0.0.1:6650']);
});

test('a broker closed before its address is known closes what is opened after', async () => {
  await broker.close();
  address.arrive(ADDRESS);
  await new Promise((resolve) => setImmediate(resolve));
  expect(present.done).toEqual(['opened pulsar://127.0.0.1:6650', 'closed']);
});

test('one that cannot be opened at its address says why', async () => {
  broker = new LateBroker(address, () => Promise.reject(new Error('PULSAR_TLS_CA_FILE: x cannot be read')));
  address.arrive(ADDRESS);
  await new Promise((resolve) => setImmediate(resolve));
  expect(broker.absence).toBe('PULSAR_TLS_CA_FILE: x cannot be read');
});
