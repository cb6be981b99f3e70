import type { SubscriptionOptions } from '../../../../src/platform/pulsar/message-broker.port.js';
import { WebSocketBroker } from '../../../../src/platform/pulsar/websocket/websocket-broker.js';
import { ScriptedBroker } from '../../../support/scripted-broker.js';
import { eventually } from '../../../support/waiting.js';
import { collect } from '../message-flow.js';

const WITHIN = { within: 10_000 };

describe('WebSocketSubscription, against a scripted broker', () => {
  let server: ScriptedBroker;
  let broker: WebSocketBroker;
  let warnings: string[];
  const subscribe = (options: Partial<SubscriptionOptions> = {}) =>
    broker.subscribe({
      topic: 'acme/shop/clicks',
      subscription: 'mon/itoreo',
      type: 'Shared',
      maxInFlightMessages: 50,
      maxInFlightBytes: 1_000_000,
      ...options,
    });

  beforeEach(async () => {
    server = await ScriptedBroker.start();
    warnings = [];
    broker = new WebSocketBroker({
      webSocketUrl: server.url,
      token: 'the-token',
      heartbeatMs: 100,
      log: { info: () => undefined, warn: (_, message) => warnings.push(message) },
    });
  });
  afterEach(async () => {
    await broker.close();
    await server.close();
  });

  it('asks for pull mode from the earliest message, with the token as a header', async () => {
    subscribe();
    await eventually(() => server.permits.length === 1, { ...WITHIN, what: 'permits' });
    const [{ url, authorization } = { url: '', authorization: '' }] = server.requests;
    expect(url.split('?')[0]).toBe('/ws/v2/consumer/persistent/acme/shop/clicks/mon%2Fitoreo');
    expect(Object.fromEntries(new URLSearchParams(url.split('?')[1]))).toEqual({
      subscriptionType: 'Shared',
      subscriptionInitialPosition: 'Earliest',
      pullMode: 'true',
      cryptoFailureAction: 'CONSUME',
      receiverQueueSize: '4',
    });
    expect(authorization).toBe('Bearer the-token');
    expect(server.permits).toEqual([1]); // the size of messages is not known yet
  });

  it('ignores frames that are no messages, and leaves messages without a readable id at the broker', async () => {
    const subscription = subscribe();
    await eventually(() => server.permits.length === 1, { ...WITHIN, what: 'permits' });
    for (const frame of ['{"endOfTopic":false}', '{"type":"AUTH_CHALLENGE"}', 'null', '[]', '7', 'not JSON', ''])
      server.socket.send(frame);
    server.deliver({ messageId: 'CCE=' });
    server.deliver({ messageId: 7 });
    server.deliver({ messageId: 'CCEQACABMDI=', payload: null, properties: null, key: '' });
    server.socket.send(Buffer.from([0x7b, 0xff, 0xfe])); // binary, and no UTF-8
    server.deliver({ messageId: 'CCEQACACMDI=', publishTime: '2026-01-15T13:00:00.000+01:00' });
    const received = await collect(subscription, 2);
    expect(received.map(({ messageId }) => messageId)).toEqual(['33:0:-1:1', '33:0:-1:2']);
    expect(received[0]).toMatchObject({ key: null, eventTime: null, properties: {} });
    expect(received.map(({ publishedAt }) => publishedAt)).toEqual(Array(2).fill(Date.parse('2026-01-15T12:00:00Z')));
    await subscription.acknowledge(received);
    await eventually(() => server.acknowledged.length === 2, { ...WITHIN, what: 'acknowledgements' });
    expect(server.acknowledged).toEqual(['CCEQACABMDI=', 'CCEQACACMDI=']);
    expect(server.requests).toHaveLength(1);
    expect(warnings).toContain('unreadable frame from Pulsar, left at the broker');
  });

  it('takes a message of 64 MiB whole', async () => {
    const subscription = subscribe();
    await eventually(() => server.permits.length === 1, { ...WITHIN, what: 'permits' });
    server.deliver({ payload: Buffer.alloc(64 * 1024 * 1024, 'x').toString('base64') });
    const [message] = await collect(subscription, 1);
    expect(message!.data).toHaveLength(64 * 1024 * 1024);
    expect(subscription.state().connected).toBe(true);
  });

  it('says that a larger one stalls the topic, also while it is connected again', async () => {
    const subscription = subscribe();
    await eventually(() => server.permits.length === 1, { ...WITHIN, what: 'permits' });
    server.socket.send(Buffer.alloc(93 * 1024 * 1024, ' '));
    await eventually(() => server.requests.length === 2, { ...WITHIN, what: 'another connection' });
    await eventually(() => server.permits.length === 2, { ...WITHIN, what: 'permits again' });
    const { connected, reason } = subscription.state();
    expect(connected).toBe(false);
    expect(reason).toMatch(/^stalled: a message is larger than 64 MiB/);
  });

  it('opens a new connection behind the acknowledgement of an encrypted batch, which took the permits of all its messages', async () => {
    const subscription = subscribe();
    await eventually(() => server.permits.length === 1, { ...WITHIN, what: 'permits' });
    server.deliver({ encryptionContext: { keys: {}, batchSize: null } });
    const [single] = await collect(subscription, 1);
    expect(JSON.parse(single!.encryption!)).toEqual({ keys: {}, batchSize: null });
    await subscription.acknowledge([single!]);
    await eventually(() => server.acknowledged.length === 1, { ...WITHIN, what: 'an acknowledgement' });
    server.deliver({ encryptionContext: { keys: {}, batchSize: 5 } });
    await subscription.acknowledge(await collect(subscription, 1));
    await eventually(() => server.requests.length === 2, { ...WITHIN, what: 'another connection' });
    expect(server.acknowledged).toHaveLength(2);
    expect(server.mostConnections).toBe(1);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['+57863-09-10T16:53:20Z', Date.UTC(57_863, 8, 10, 16, 53, 20)],
    ['+292278994-08-17T07:12:55.807Z', 2 ** 63],
    ['-0001-12-31T23:59:59.999Z', -62_167_219_200_001],
    ['0001-01-01T00:00:00Z', -62_135_596_800_000],
    ['somewhen', NaN],
  ])('takes %s for a time as the native client would', async (text, ms) => {
    const subscription = subscribe();
    await eventually(() => server.permits.length === 1, { ...WITHIN, what: 'permits' });
    server.deliver({ publishTime: text, eventTime: text });
    const [message] = await collect(subscription, 1);
    expect(message).toMatchObject({ publishedAt: ms, eventTime: ms });
  });

  it('grants again only what is acknowledged, and each message once', async () => {
    const subscription = subscribe({ maxInFlightMessages: 3 });
    await eventually(() => server.permits.length === 1, { ...WITHIN, what: 'permits' });
    for (let i = 0; i < 3; i++) server.deliver();
    const received = await collect(subscription, 3);
    await subscription.acknowledge(received.slice(0, 2));
    await subscription.acknowledge(received.slice(0, 2));
    await subscription.acknowledge([{ ...received[0]!, receipt: 'of somebody else' }]);
    await subscription.acknowledge(received.slice(2));
    await eventually(() => server.acknowledged.length === 3, { ...WITHIN, what: 'acknowledgements' });
    expect(server.permits).toEqual([1, 2, 2, 1]); // the first message shows that they are small
  });

  it('stops reading while the bytes held exceed the bound, though the broker sends what was granted', async () => {
    const subscription = subscribe({ maxInFlightBytes: 1_000_000 });
    await eventually(() => server.permits.length === 1, { ...WITHIN, what: 'permits' });
    const payload = Buffer.alloc(400_000).toString('base64');
    for (let i = 0; i < 20; i++) server.deliver({ payload });
    const held = await collect(subscription, 3);
    expect(held).toHaveLength(3);
    // Longer than a heartbeat: a paused connection is not mistaken for a dead one.
    const heartbeats = server.pings;
    await eventually(() => server.pings > heartbeats + 3, { ...WITHIN, what: 'four heartbeats' });
    expect(server.requests).toHaveLength(1);
    let total = held.length;
    let batch = held;
    while (total < 20) {
      await subscription.acknowledge(batch);
      batch = await subscription.receive();
      expect(batch.length).toBeLessThanOrEqual(3);
      total += batch.length;
    }
    expect(server.requests).toHaveLength(1);
  });

  it('opens one connection at a time, and acknowledges nothing on a later one', async () => {
    const subscription = subscribe();
    for (let round = 1; round <= 3; round++) {
      await eventually(() => server.permits.length > 0, { ...WITHIN, what: `permits, round ${round}` });
      server.deliver();
      const old = await collect(subscription, 1);
      server.socket.terminate();
      server.heard.splice(0);
      await eventually(() => server.permits.length > 0, { ...WITHIN, what: 'connected again' });
      await subscription.acknowledge(old);
      expect(server.permits).toEqual([50]); // what the lost connection held counts no more
    }
    server.deliver({ messageId: 'CCEQACABMDI=' });
    await subscription.acknowledge(await collect(subscription, 1));
    await eventually(() => server.acknowledged.length > 0, { ...WITHIN, what: 'an acknowledgement' });
    expect(server.acknowledged).toEqual(['CCEQACABMDI=']);
    expect(server.mostConnections).toBe(1);
  });

  it('gives up a connection on which the broker is silent', async () => {
    const subscription = subscribe();
    await eventually(() => server.permits.length === 1, { ...WITHIN, what: 'permits' });
    server.socket.pause(); // reads nothing, so answers no ping
    await eventually(() => server.requests.length === 2, { ...WITHIN, what: 'a new connection' });
    await eventually(() => subscription.state().connected, { ...WITHIN, what: 'connected again' });
    expect(warnings).toContain('Pulsar not connected, trying again');
  });

  it.each([
    [
      401,
      '{"message":"Authentication required"}',
      'the broker answered 401 (Authentication required): set PULSAR_TOKEN',
    ],
    [403, '', 'the broker answered 403: the role of PULSAR_TOKEN lacks the right'],
    [
      404,
      '{"message":"Failed to create producer/consumer: {\\"errorMsg\\":\\"Namespace not found\\",\\"reqId\\":1}"}',
      'the broker answered 404 (Namespace not found): the tenant or namespace does not exist',
    ],
    [409, '<html>busy</html>', 'the broker answered 409: another consumer'],
    [503, '', 'the broker answered 503'],
  ])('after %d it says so in words, and goes on trying', async (code, body, says) => {
    server.status = { code, body };
    const subscription = subscribe();
    await eventually(() => server.requests.length >= 2, { ...WITHIN, what: 'a second attempt' });
    expect(subscription.state()).toEqual({ connected: false, reason: expect.stringContaining(says) as string });
    expect(warnings).toEqual(['Pulsar not connected, trying again']); // once, not once per attempt
    server.status = { code: 101, body: '' };
    await eventually(() => subscription.state().connected, { ...WITHIN, what: 'let in at last' });
  });

  it('says what is wrong when nothing listens there', async () => {
    const url = server.url;
    await server.close();
    const subscription = subscribe();
    await eventually(() => subscription.state().reason?.includes('nothing listens') ?? false, {
      ...WITHIN,
      what: 'a reason',
    });
    expect(subscription.state().reason).toBe(`nothing listens on ${url.slice('ws://'.length)} (ECONNREFUSED)`);
    server = await ScriptedBroker.start();
  });
});
