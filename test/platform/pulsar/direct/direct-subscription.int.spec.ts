import type { Socket } from 'node:net';
import { encodeCommand } from '../../../../src/platform/pulsar/direct/codec/commands.js';
import { DirectBroker } from '../../../../src/platform/pulsar/direct/direct-broker.js';
import type { Subscription, SubscriptionOptions } from '../../../../src/platform/pulsar/message-broker.port.js';
import { quietLogger } from '../../../support/application.js';
import { eventually } from '../../../support/waiting.js';
import { collect, numbered, numbersOf } from '../message-flow.js';
import { MESSAGES } from '../../../../src/platform/pulsar/direct/codec/protocol.js';
import type { ProtobufWriter } from '../../../../src/platform/pulsar/direct/codec/protobuf-writer.js';
import { contentOf, messageFrame, metadataOf, withMetadata } from './codec/frames.js';
import { ScriptedAdmin } from '../admin/scripted-admin.js';
import { ScriptedDirectBroker } from './scripted-direct-broker.js';

const TOPIC = 'persistent://public/default/scripted';
const DEADLINE_MS = 15_000;

describe('a consumer of the direct adapter', () => {
  let scripted: ScriptedDirectBroker;
  let broker: DirectBroker;

  beforeEach(async () => {
    scripted = await ScriptedDirectBroker.start();
  });
  afterEach(async () => {
    await broker.close();
    await scripted.close();
  });

  const open = async (more: { token?: string; heartbeatMs?: number; webUrl?: string } = {}) =>
    (broker = await DirectBroker.open({ serviceUrl: scripted.url, log: quietLogger, ...more }));
  const subscribe = async (
    options: Partial<SubscriptionOptions> = {},
    more: Parameters<typeof open>[0] = {},
  ): Promise<Subscription> => {
    await open(more);
    const subscription = broker.subscribe({
      topic: TOPIC,
      subscription: 'monitoreo',
      type: 'Shared',
      maxInFlightMessages: 1000,
      maxInFlightBytes: 16_000_000,
      ...options,
    });
    await connected(subscription);
    return subscription;
  };
  const connected = (subscription: Subscription) =>
    eventually(() => subscription.state().connected, { within: DEADLINE_MS, what: 'connected' });
  const acknowledged = () => scripted.told('CommandAck').map(({ message_id }) => Number(message_id!.entry_id));
  const acknowledges = (entries: readonly number[]) =>
    eventually(() => JSON.stringify(acknowledged()) === JSON.stringify(entries), {
      within: DEADLINE_MS,
      what: `acknowledged: ${entries.join(', ')}`,
    });
  const batch = (count: number, from = 0) => contentOf(numbered(count, from));

  it('acknowledges an entry when its last message is settled, also over two batches', async () => {
    const subscription = await subscribe({ maxInFlightMessages: 3 });
    scripted.socket.write(messageFrame(batch(5), { entry: 1 }));
    const first = await collect(subscription, 3);
    expect(numbersOf(first)).toEqual([0, 1, 2]);
    await subscription.acknowledge(first);
    await subscription.acknowledge(first); // twice is once
    const second = await collect(subscription, 2);
    expect(numbersOf(second)).toEqual([3, 4]);
    expect(acknowledged()).toEqual([]);
    await subscription.acknowledge(second);
    await acknowledges([1]);
  });

  it('Failover: acknowledges up to before the first entry that is not settled', async () => {
    scripted.settled = { ledger_id: 7, entry_id: 0 };
    const subscription = await subscribe({ type: 'Failover' });
    scripted.socket.write(Buffer.concat([1, 2, 3].map((entry) => messageFrame(batch(2, entry * 10), { entry }))));
    const all = await collect(subscription, 6);
    await subscription.acknowledge(all.slice(0, 3));
    await acknowledges([1]);
    await subscription.acknowledge(all.slice(3));
    await acknowledges([1, 3]);
    expect(scripted.told('CommandAck').map(({ ack_type }) => ack_type)).toEqual([1, 1]);
  });

  it('Failover: does not acknowledge what the broker left out, and acknowledges cumulatively again once the broker has it acknowledged', async () => {
    const commands = () =>
      scripted.told('CommandAck').map(({ ack_type, message_id }) => [ack_type, Number(message_id!.entry_id)]);
    scripted.settled = { ledger_id: 7, entry_id: 0 };
    const subscription = await subscribe({ type: 'Failover' });
    const send = async (...entries: number[]) => {
      scripted.socket.write(Buffer.concat(entries.map((entry) => messageFrame(batch(1, entry), { entry }))));
      await subscription.acknowledge(await collect(subscription, entries.length));
    };
    await send(1, 2);
    await acknowledges([2]);
    scripted.settled = { ledger_id: 7, entry_id: 5 }; // somebody skips 3 and 4
    await send(5);
    await acknowledges([2, 5]);
    await eventually(() => scripted.told('CommandGetLastMessageId').length === 2, {
      within: DEADLINE_MS,
      what: 'asked again',
    });
    await send(6);
    await acknowledges([2, 5, 6]);
    expect(commands()).toEqual([
      [1, 2],
      [0, 5],
      [1, 6],
    ]);
  });

  it('knows by the protocol how much a transaction holds back, where all in front of it is acknowledged', async () => {
    let backlog = 0;
    scripted.script = ({ command, values }, socket) => {
      if (command !== 'CommandConsumerStats') return false;
      const { request_id } = values;
      return socket.write(encodeCommand('CommandConsumerStatsResponse', { request_id, msg_backlog: backlog }));
    };
    scripted.settled = { ledger_id: 7, entry_id: 0 };
    const subscription = await subscribe({}, { webUrl: 'http://127.0.0.1:9' });
    const heldBack = async () => (await subscription.positions()).map((position) => position.heldBack);
    expect(await heldBack()).toEqual([undefined]);
    backlog = 50;
    expect(await heldBack()).toEqual([50n]);
    scripted.settled = { ledger_id: 6, entry_id: 0 }; // what lies in front waits too, and shows by itself
    expect(await heldBack()).toEqual([undefined]);
  });

  it('consumes a partition that was added as soon as the REST API has told of it', async () => {
    const admin = await ScriptedAdmin.start();
    const web = '/admin/v2/persistent/public/default/scripted';
    const settled = {
      entriesAddedCounter: 1,
      lastConfirmedEntry: '7:0',
      cursors: { monitoreo: { markDeletePosition: '7:0' } },
    };
    for (const n of [0, 1]) admin.json(`${web}-partition-${n}/internalStats`, settled);
    admin.json(`${web}/partitions`, { partitions: 2 });
    let partitions = 1;
    scripted.script = ({ command, values }, socket) => {
      if (command !== 'CommandPartitionedTopicMetadata') return false;
      const { request_id } = values;
      return socket.write(encodeCommand('CommandPartitionedTopicMetadataResponse', { partitions, request_id }));
    };
    const subscription = await subscribe({}, { webUrl: admin.url });
    const consumed = () => scripted.told('CommandSubscribe').map(({ topic }) => topic);
    expect(consumed()).toEqual([`${TOPIC}-partition-0`]);
    partitions = 2;
    expect(await subscription.positions()).toHaveLength(2);
    await eventually(() => expect(consumed()).toEqual([0, 1].map((n) => `${TOPIC}-partition-${n}`)), {
      within: DEADLINE_MS,
      what: 'both are consumed',
    });
    await admin.close();
  });

  it('says that a topic is terminated, as the broker told it, until the next connection', async () => {
    scripted.settled = { ledger_id: 7, entry_id: 0 };
    const subscription = await subscribe();
    const saysTerminated = (terminated: boolean) =>
      eventually(async () => (await subscription.positions())[0]!.terminated === (terminated || undefined), {
        within: DEADLINE_MS,
        what: terminated ? 'terminated' : 'not terminated',
      });
    await saysTerminated(false);
    scripted.socket.write(encodeCommand('CommandReachedEndOfTopic', { consumer_id: 1 }));
    await saysTerminated(true);
    scripted.socket.destroy();
    await eventually(() => scripted.told('CommandSubscribe').length === 2, { within: DEADLINE_MS, what: 'again' });
    await saysTerminated(false);
  });

  it('delivers of an entry that is acknowledged in part the rest', async () => {
    const subscription = await subscribe();
    scripted.socket.write(messageFrame(batch(5), { entry: 1, ackSet: [0b10110] }));
    const rest = await collect(subscription, 3);
    expect(numbersOf(rest)).toEqual([1, 2, 4]);
    await subscription.acknowledge(rest);
    await acknowledges([1]);
  });

  it('hands over what has a wrong checksum, acknowledges it, and subscribes again', async () => {
    const subscription = await subscribe();
    const content = batch(3);
    content[content.length - 1]! ^= 1;
    scripted.socket.write(messageFrame(content, { entry: 1 }));
    const [broken] = await collect(subscription, 1);
    expect(broken).toMatchObject({ messageId: '7:1:-1:-1', failure: { reason: 'checksum' }, publishedAt: NaN });
    expect(broken!.data.equals(content)).toBe(true);
    await subscription.acknowledge([broken!]);
    await acknowledges([1]);
    await eventually(() => scripted.told('CommandSubscribe').length === 2, { within: DEADLINE_MS, what: 'again' });
  });

  it('hands over what it cannot open with the metadata as they came, and the schema it was written with', async () => {
    const { compression, encryption_keys, encryption_algo, schema_version, uuid, ...chunk } = MESSAGES.MessageMetadata;
    const { num_chunks_from_msg, total_chunk_msg_size, chunk_id } = chunk;
    const one = (byte: number) => contentOf([{ data: Buffer.from([byte]) }]);
    const chunkOf = (id: number, bytes: number) => (writer: ProtobufWriter) => {
      writer.string(uuid[0], `u${bytes}`).number(num_chunks_from_msg[0], 2).number(total_chunk_msg_size[0], bytes);
      writer.number(chunk_id[0], id);
    };
    const encrypted = (writer: ProtobufWriter) => {
      const key = writer.begin(encryption_keys[0]);
      writer.string(MESSAGES.EncryptionKeys.key[0], 'k').blob(MESSAGES.EncryptionKeys.value[0], Buffer.from([1]));
      writer.end(key).string(encryption_algo[0], 'AES');
    };
    const contents = [
      withMetadata(batch(3), (writer) => writer.number(compression[0], 77)),
      withMetadata(batch(3), (writer) => {
        encrypted(writer);
        writer.blob(schema_version[0], Buffer.from([0, 9]));
      }),
      withMetadata(one(1), chunkOf(1, 2)),
      one(2),
      withMetadata(one(3), chunkOf(0, 0)), // longer than all of it claims to be
      ...[0, 1].map((id) =>
        withMetadata(one(id), (writer) => {
          chunkOf(id, 1)(writer); // a chunk grows when it is encrypted
          encrypted(writer);
        }),
      ),
      one(4),
    ];
    const subscription = await subscribe();
    scripted.socket.write(Buffer.concat(contents.map((content, entry) => messageFrame(content, { entry }))));
    const received = await collect(subscription, contents.length);
    const seen = received.map(({ failure, envelope, schemaVersion }) => [failure?.reason, envelope, schemaVersion]);
    expect(seen).toEqual([
      ['undecompressable', metadataOf(contents[0]!), null],
      [undefined, metadataOf(contents[1]!), Buffer.from([0, 9])],
      ['chunk_incomplete', metadataOf(contents[2]!), null],
      [undefined, null, null],
      ['chunk_incomplete', metadataOf(contents[4]!), null],
      [undefined, metadataOf(contents[5]!), null],
      [undefined, metadataOf(contents[6]!), null],
      [undefined, null, null],
    ]);
  });

  it('takes frames that come byte by byte, between answers to nobody and commands that nobody knows', async () => {
    const subscription = await subscribe();
    const bytes = Buffer.concat([
      encodeCommand('CommandSuccess', { request_id: 999 }),
      messageFrame(batch(2), { entry: 1 }),
      encodeCommand('CommandPong', {}),
      messageFrame(contentOf([{ data: Buffer.from('2') }]), { entry: 2 }),
    ]);
    for (const byte of bytes) scripted.socket.write(Buffer.from([byte]));
    expect(numbersOf(await collect(subscription, 3))).toEqual([0, 1, 2]);
  });

  it.each([
    ['garbage', () => Buffer.alloc(100, 0xa5)],
    ['a frame that is none', () => Buffer.from([0, 0, 0, 8, 0, 0, 0, 200, 1, 2, 3, 4])],
    ['a message without an address', () => encodeCommand('CommandMessage', { consumer_id: 1 })],
    ['CONNECTED once more', () => encodeCommand('CommandConnected', { server_version: 'x' })],
    ['the end of the consumer', () => encodeCommand('CommandCloseConsumer', { consumer_id: 1, request_id: 1 })],
  ])('comes back after %s, as one consumer', async (_name, bytes) => {
    const subscription = await subscribe();
    scripted.socket.write(bytes());
    await eventually(() => scripted.told('CommandSubscribe').length === 2, { within: DEADLINE_MS, what: 'again' });
    await connected(subscription);
    scripted.socket.write(messageFrame(batch(2), { entry: 1 }));
    expect(numbersOf(await collect(subscription, 2))).toEqual([0, 1]);
    // The question for partitions has a connection of its own, which may end a moment later.
    expect(scripted.mostConnections).toBeLessThanOrEqual(2);
  });

  it('follows redirects, and goes through a proxy where the answer says so', async () => {
    const answers = [
      { broker_service_url: '', response: 0, authoritative: true },
      { broker_service_url: 'pulsar://behind:6650', response: 1, proxy_through_service_url: true },
    ];
    answers[0]!.broker_service_url = scripted.url;
    scripted.script = ({ command, values }, socket: Socket) => {
      const answer = command === 'CommandLookupTopic' ? answers.shift() : undefined;
      const { request_id } = values as { request_id?: number };
      if (answer) socket.write(encodeCommand('CommandLookupTopicResponse', { ...answer, request_id }));
      return answer !== undefined;
    };
    await subscribe();
    expect(scripted.told('CommandLookupTopic').map(({ authoritative }) => authoritative)).toEqual([false, true]);
    expect(scripted.told('CommandConnect').at(-1)).toMatchObject({ proxy_to_broker_url: 'behind:6650' });
  });

  it('says what the broker refuses, and signs in again when it is asked to', async () => {
    scripted.script = ({ command, values }, socket) => {
      if (command !== 'CommandSubscribe') return false;
      const { request_id } = values;
      socket.write(encodeCommand('CommandError', { request_id, error: 4, message: 'not yours\n at java' }));
      return true;
    };
    await open({ token: 'secret' });
    const subscription = broker.subscribe({
      topic: TOPIC,
      subscription: 's',
      type: 'Shared',
      maxInFlightMessages: 10,
      maxInFlightBytes: 1000,
    });
    await eventually(() => subscription.state().reason !== 'connecting', { within: DEADLINE_MS, what: 'a reason' });
    expect(subscription.state().reason).toBe(
      'the broker answered: not yours: the role of PULSAR_TOKEN lacks the right to use this topic',
    );
    scripted.script = () => false;
    await connected(subscription);
    scripted.socket.write(encodeCommand('CommandAuthChallenge', { challenge: { auth_method_name: 'token' } }));
    await eventually(() => scripted.told('CommandAuthResponse').length === 1, {
      within: DEADLINE_MS,
      what: 'an answer',
    });
    expect(scripted.told('CommandAuthResponse')[0]!.response!.auth_data!.toString()).toBe('secret');
  });
});
