import type { Socket } from 'node:net';
import { encodeCommand } from '../../../../src/platform/pulsar/direct/codec/commands.js';
import { SERVER_ERROR } from '../../../../src/platform/pulsar/direct/codec/protocol.js';
import { DirectBroker, type DirectBrokerOptions } from '../../../../src/platform/pulsar/direct/direct-broker.js';
import type { Subscription } from '../../../../src/platform/pulsar/message-broker.port.js';
import { ConnectionError } from '../../../../src/platform/pulsar/reconnect-delays.js';
import { quietLogger } from '../../../support/application.js';
import { eventually } from '../../../support/waiting.js';
import { collect, numbered, numbersOf } from '../message-flow.js';
import { contentOf, messageFrame } from './codec/frames.js';
import { ScriptedDirectBroker } from './scripted-direct-broker.js';

const DEADLINE_MS = 15_000;

describe('a connection of the direct adapter', () => {
  let scripted: ScriptedDirectBroker;
  let broker: DirectBroker;

  beforeEach(async () => {
    scripted = await ScriptedDirectBroker.start();
  });
  afterEach(async () => {
    await broker.close();
    await scripted.close();
  });

  const subscribe = async (more: Partial<DirectBrokerOptions> = {}): Promise<Subscription> => {
    broker = await DirectBroker.open({ serviceUrl: scripted.url, log: quietLogger, ...more });
    return subscribeTo('scripted');
  };
  const subscribeTo = (topic: string): Subscription =>
    broker.subscribe({
      topic: `persistent://public/default/${topic}`,
      subscription: 'monitoreo',
      type: 'Shared',
      maxInFlightMessages: 1000,
      maxInFlightBytes: 16_000_000,
    });
  const connected = (subscription: Subscription) =>
    eventually(() => subscription.state().connected, { within: DEADLINE_MS, what: 'connected' });
  const says = (subscription: Subscription, reason: RegExp) =>
    eventually(() => expect(subscription.state().reason).toMatch(reason), { within: DEADLINE_MS, what: 'a reason' });

  it('goes where the topic has moved, and stays there', async () => {
    const subscription = await subscribe();
    await connected(subscription);
    const there = await ScriptedDirectBroker.start();
    try {
      scripted.socket.write(
        encodeCommand('CommandTopicMigrated', { resource_id: 1, resource_type: 1, broker_service_url: there.url }),
      );
      await eventually(() => there.told('CommandSubscribe').length === 1, { within: DEADLINE_MS, what: 'it is there' });
      await connected(subscription);
      there.socket.write(messageFrame(contentOf(numbered(2)), { entry: 1 }));
      const received = await collect(subscription, 2);
      expect(numbersOf(received)).toEqual([0, 1]);
      await subscription.acknowledge(received);
      await eventually(() => there.told('CommandAck').length === 1, {
        within: DEADLINE_MS,
        what: 'acknowledged there',
      });
      expect(scripted.told('CommandSubscribe')).toHaveLength(1);
    } finally {
      await broker.close();
      await there.close();
    }
  });

  it('does not follow with a topic that has not moved', async () => {
    let stayed: Socket | undefined;
    scripted.script = ({ command, values }, socket) => {
      if (command === 'CommandSubscribe' && (values as { topic: string }).topic.endsWith('/other')) stayed = socket;
      return false;
    };
    await connected(await subscribe());
    const moving = scripted.socket;
    const other = subscribeTo('other');
    await connected(other);
    const there = await ScriptedDirectBroker.start();
    try {
      moving.write(
        encodeCommand('CommandTopicMigrated', { resource_id: 1, resource_type: 1, broker_service_url: there.url }),
      );
      await eventually(() => there.told('CommandSubscribe').length === 1, { within: DEADLINE_MS, what: 'it is there' });
      stayed!.destroy();
      await eventually(() => scripted.told('CommandSubscribe').length === 3, {
        within: DEADLINE_MS,
        what: 'it is here',
      });
      await connected(other);
      expect(there.told('CommandSubscribe').map(({ topic }) => topic)).toEqual([
        'persistent://public/default/scripted',
      ]);
    } finally {
      await broker.close();
      await there.close();
    }
  });

  it.each(['pulsar://no such host:77,', 'http://127.0.0.1:8080'])(
    'a topic that has moved to %j, which is no address, is asked for again where it was, and the process lives',
    async (nowhere) => {
      const subscription = await subscribe();
      await connected(subscription);
      scripted.socket.write(
        encodeCommand('CommandTopicMigrated', { resource_id: 1, resource_type: 1, broker_service_url: nowhere }),
      );
      await says(subscription, /the topic has moved to another cluster: no address of a Pulsar broker: /);
      await eventually(() => scripted.told('CommandSubscribe').length === 2, {
        within: DEADLINE_MS,
        what: 'subscribed again',
      });
      await connected(subscription);
    },
  );

  it('a topic that was deleted and made again with partitions is not made a third time as it was: its partitions are read', async () => {
    let partitions = 0;
    scripted.script = ({ command, values }, socket) => {
      if (command !== 'CommandPartitionedTopicMetadata') return false;
      const { request_id } = values as { request_id?: number };
      socket.write(encodeCommand('CommandPartitionedTopicMetadataResponse', { partitions, request_id, response: 0 }));
      return true;
    };
    const subscription = await subscribe({ growthCheckMs: 600_000 });
    await connected(subscription);
    partitions = 3;
    scripted.socket.write(encodeCommand('CommandCloseConsumer', { consumer_id: 1, request_id: 9 }));
    const topics = () => scripted.told('CommandSubscribe').map(({ topic }) => topic?.split('/').at(-1));
    await eventually(() => topics().length === 4, { within: DEADLINE_MS, what: 'its partitions are read' });
    expect(topics().sort()).toEqual([
      'scripted',
      'scripted-partition-0',
      'scripted-partition-1',
      'scripted-partition-2',
    ]);
    await connected(subscription);
  });

  it.each([
    ['CommandLookupTopic', 'CommandLookupTopicResponse', { response: 2 }],
    ['CommandSubscribe', 'CommandError', {}],
  ] as const)('tries again soon when the broker has too much to do: %s', async (question, answer, more) => {
    let refusals = 0;
    scripted.script = ({ command, values }, socket) => {
      if (command !== question || refusals === 3) return false;
      refusals++;
      const { request_id } = values as { request_id?: number };
      const error = { error: SERVER_ERROR.TooManyRequests, message: 'Failed due to too many pending requests' };
      socket.write(encodeCommand(answer, { ...error, ...more, request_id }));
      return true;
    };
    const subscription = await subscribe();
    await says(subscription, /^the broker answered: Failed due to too many pending requests: it has too much to do$/);
    await connected(subscription);
    expect(refusals).toBe(3);
  });

  it('shows the token as it is now, at each connection and when the broker asks for another', async () => {
    let asked = 0;
    const subscription = await subscribe({ token: () => Promise.resolve(`token ${++asked}`) });
    await connected(subscription);
    const shown = () => scripted.told('CommandConnect').map(({ auth_data }) => auth_data!.toString());
    expect(shown()).toEqual(Array.from({ length: asked }, (_, n) => `token ${n + 1}`));
    const { length } = shown();
    scripted.socket.write(encodeCommand('CommandAuthChallenge', { challenge: { auth_method_name: 'token' } }));
    const answered = () => scripted.told('CommandAuthResponse').map(({ response }) => response!.auth_data!.toString());
    await eventually(() => answered().length === 1, { within: DEADLINE_MS, what: 'an answer' });
    expect(answered()).toEqual([`token ${length + 1}`]);
    scripted.socket.destroy();
    await eventually(() => shown().length > length, { within: DEADLINE_MS, what: 'another connection' });
    expect(shown()[length]).toBe(`token ${length + 2}`);
  });

  it('says why there is no token, and connects once there is one', async () => {
    let there = false;
    const token = () => (there ? 'token' : Promise.reject(new ConnectionError('the issuer is away')));
    const subscription = await subscribe({ token });
    await says(subscription, /^the issuer is away$/);
    await expect(subscription.positions()).rejects.toThrow('the issuer is away');
    there = true;
    await connected(subscription);
  });

  it('signs in by its certificate where there is no token', async () => {
    const subscription = await subscribe({ certificate: () => ({ cert: 'PEM', key: 'PEM' }) });
    await connected(subscription);
    const [connect] = scripted.told('CommandConnect');
    expect(connect).toMatchObject({ auth_method_name: 'tls' });
    expect(connect!.auth_data).toBeUndefined();
  });
});
