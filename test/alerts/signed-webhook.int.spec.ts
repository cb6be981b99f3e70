import { createHmac } from 'node:crypto';
import { Networks } from '../../src/platform/http/connection/networks.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { alerts } from '../../src/alerts/alerts.slice.js';
import { mintSigningSecret } from '../../src/alerts/domain/signature.js';
import { isPublic } from '../../src/alerts/infrastructure/http/public-addresses.js';
import { type Address, Resolver } from '../../src/alerts/infrastructure/http/resolver.js';
import { SignedWebhook } from '../../src/alerts/infrastructure/http/signed-webhook.js';
import { TestClock } from '../support/application.js';
import { eventually } from '../support/waiting.js';
import { Receiver } from './receiver.js';

const NOW = Date.parse('2026-03-02T10:00:00.999Z');
const BODY = '{"text":"añb"}';

/** Says what it is told, in order, and the last of it for ever. */
class ScriptedResolver extends Resolver {
  asked = 0;
  constructor(private readonly answers: readonly (readonly Address[])[]) {
    super();
  }
  override resolve(): Promise<readonly Address[]> {
    this.asked += 1;
    return Promise.resolve(this.answers[Math.min(this.asked, this.answers.length) - 1]!);
  }
}

const LOOPBACK = { address: '127.0.0.1', family: 4 };
const A_PUBLIC_ONE = { address: '93.184.215.14', family: 4 };

describe('a webhook', () => {
  let receiver: Receiver;
  beforeEach(async () => (receiver = await Receiver.start()));
  afterEach(() => receiver.stop());

  const webhook = (allow: string | null, resolver: Resolver = new Resolver()) =>
    new SignedWebhook(
      loadConfig([alerts], {}).with({ WEBHOOK_ALLOW: allow === null ? null : Networks.parse(allow) }),
      resolver,
      new TestClock(NOW),
    );
  const message = { id: 'msg_1', body: BODY, secret: mintSigningSecret() };
  const never = new AbortController().signal;

  it('gets the body as it is, signed by the Standard Webhooks scheme', async () => {
    await webhook('127.0.0.1').send(receiver.url('/a?b=c'), message, never);
    const [got] = receiver.received;
    expect(got).toMatchObject({ path: '/a?b=c', body: BODY });
    const { headers } = got!;
    expect([headers['webhook-id'], headers['webhook-timestamp']]).toEqual(['msg_1', '1772445600']);
    // As the specification says it, written a second time.
    const key = Buffer.from(message.secret.replace('whsec_', ''), 'base64');
    const expected = createHmac('sha256', key).update(`msg_1.1772445600.${BODY}`, 'utf8').digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${expected}`);
    expect(key).toHaveLength(32);
  });

  it.each([500, 404, 301, 302, 307, 308])('that answers %i has not got it, and leads nowhere else', async (status) => {
    receiver.statuses.push(status);
    receiver.headers.location = receiver.url('/elsewhere');
    await expect(webhook('127.0.0.1').send(receiver.url(), message, never)).rejects.toThrow(`answered ${status}`);
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook']);
  });

  it('that hangs is left when the service stops', async () => {
    receiver.statuses.push(null);
    const stopping = new AbortController();
    const sent = webhook('127.0.0.1').send(receiver.url(), message, stopping.signal);
    const failed = expect(sent).rejects.toThrow('127.0.0.1');
    await eventually(() => receiver.received.length === 1, { within: 20_000, what: 'it is asked' });
    stopping.abort(new Error('the service is stopping'));
    await failed;
  });

  it.each([
    'http://127.0.0.1:PORT/',
    'http://2130706433:PORT/',
    'http://0x7f.1:PORT/',
    'http://[::1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://0.0.0.0:PORT/',
    'http://localhost:PORT/',
    'http://169.254.169.254/latest/meta-data',
  ])('at a private address is not asked: %s', async (url) => {
    const sent = webhook(null).send(url.replace('PORT', String(receiver.port)), message, never);
    await expect(sent).rejects.toThrow('private address');
    expect(receiver.received).toEqual([]);
  });

  it('one of whose addresses is private is not asked', async () => {
    const resolver = new ScriptedResolver([[A_PUBLIC_ONE, LOOPBACK]]);
    await expect(webhook(null, resolver).send(receiver.url('/', 'both.example'), message, never)).rejects.toThrow(
      'both.example is a private address',
    );
    expect(receiver.received).toEqual([]);
  });

  it('is asked where its name led when it was checked, although it leads elsewhere a moment later', async () => {
    const resolver = new ScriptedResolver([[LOOPBACK], [{ address: '127.0.0.2', family: 4 }]]);
    await webhook('127.0.0.1', resolver).send(receiver.url('/', 'rebound.example'), message, never);
    expect(resolver.asked).toBe(1);
    expect(receiver.received[0]?.headers.host).toBe(`rebound.example:${receiver.port}`);
  });
});

describe('public addresses', () => {
  const familyOf = (address: string) => (address.includes(':') ? 6 : 4);
  it.each(['10.1.2.3', '100.64.0.1', '172.31.255.255', '192.168.0.1', '198.19.0.1', '224.0.0.1', '255.255.255.255'])(
    '%s is none',
    (address) => expect(isPublic({ address, family: 4 })).toBe(false),
  );
  it.each([
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    'ff02::1',
    '::ffff:8.8.8.8',
    '64:ff9b::1',
    '2002:7f00:1::',
    '2001:db8::1',
  ])('%s is none', (address) => expect(isPublic({ address, family: 6 })).toBe(false));
  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111'])('%s is one', (address) =>
    expect(isPublic({ address, family: familyOf(address) })).toBe(true),
  );
});
