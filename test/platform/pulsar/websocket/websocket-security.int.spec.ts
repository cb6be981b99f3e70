import { openBroker } from '../../../../src/platform/pulsar/open-broker.js';
import type { MessageBroker } from '../../../../src/platform/pulsar/message-broker.port.js';
import { quietLogger } from '../../../support/application.js';
import { describeWithPulsar } from '../../../support/pulsar.js';
import { type SecuredPulsar, startSecuredPulsar } from '../../../support/secured-pulsar.js';
import { eventually } from '../../../support/waiting.js';
import { collect, numbered } from '../message-flow.js';

const START_MS = 130_000;
const OPTIONS = {
  topic: 'clicks',
  subscription: 'monitoreo',
  type: 'Shared',
  maxInFlightMessages: 100,
  maxInFlightBytes: 1_000_000,
} as const;

describeWithPulsar('Pulsar through WebSocket with TLS and a token', () => {
  let pulsar: SecuredPulsar;
  let broker: MessageBroker;
  const open = async (options: { token?: string; caFile?: string | null }) => {
    const { webSocketUrl: serviceUrl, caFile } = pulsar;
    broker = await openBroker({ serviceUrl, caFile, log: quietLogger, ...options });
    return broker;
  };

  beforeAll(async () => {
    pulsar = await startSecuredPulsar();
  }, START_MS);
  afterAll(() => pulsar.stop());
  afterEach(() => broker.close());

  it('publishes and consumes', async () => {
    await open({ token: pulsar.token() });
    const subscription = broker.subscribe(OPTIONS);
    const publisher = broker.createPublisher('clicks');
    const ids = await Promise.all(numbered(10).map((message) => publisher.publish(message)));
    const received = await collect(subscription, 10);
    expect(received.map(({ messageId }) => messageId)).toEqual(ids);
    await subscription.acknowledge(received);
  });

  it.each([
    ['no token', () => undefined, '401'],
    ['an expired token', () => pulsar.token({ expiresAt: 1_700_000_000 }), '401'],
    ['a forged token', () => `${pulsar.token().slice(0, -4)}AAAA`, '401'],
    ['a role without rights', () => pulsar.token({ role: 'stranger' }), '403'],
  ])('%s: the reason says so, and both sides go on trying', async (_, token, status) => {
    await open({ token: token() });
    const subscription = broker.subscribe(OPTIONS);
    const reason = () => subscription.state().reason ?? '';
    await eventually(() => reason().includes(status), { within: 20_000, what: status });
    expect(reason()).toMatch(new RegExp(`^the broker answered ${status} .*PULSAR_TOKEN`));
    await expect(broker.createPublisher('clicks').publish({ data: Buffer.from('x') })).rejects.toMatchObject({
      message: expect.stringContaining(status) as string,
      outcome: 'not_sent',
    });
    await expect(subscription.positions()).rejects.toThrow(/answered 401.*PULSAR_TOKEN.*right to consume/);
  });

  it('says how far the subscription is to who may consume and no more', async () => {
    await pulsar.grant('reader', 'consume');
    await open({ token: pulsar.token({ role: 'reader' }) });
    const subscription = broker.subscribe({ ...OPTIONS, subscription: 'reader' });
    await eventually(() => subscription.state().connected, { within: 20_000, what: 'connected' });
    // Ten messages of the test before may be there.
    const [position] = await subscription.positions();
    expect(position).toMatchObject({ partition: -1, delayed: 0n });
  });

  it('refuses a certificate that nobody vouches for', async () => {
    await open({ token: pulsar.token(), caFile: null });
    const subscription = broker.subscribe(OPTIONS);
    const reason = () => subscription.state().reason ?? '';
    await eventually(() => reason().includes('self-signed certificate'), { within: 20_000, what: 'a reason' });
    expect(subscription.state().connected).toBe(false);
    await expect(subscription.positions()).rejects.toThrow(/self-signed certificate.*PULSAR_WEB_URL/);
  });
});
