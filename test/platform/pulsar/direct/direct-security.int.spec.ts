import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { loadConfig } from '../../../../src/platform/config/config.js';
import { OAuth2Token } from '../../../../src/platform/pulsar/credentials/oauth2-token.js';
import { openBroker, type BrokerOptions } from '../../../../src/platform/pulsar/open-broker.js';
import type { MessageBroker, Subscription } from '../../../../src/platform/pulsar/message-broker.port.js';
import { quietLogger } from '../../../support/application.js';
import { describeWithPulsar } from '../../../support/pulsar.js';
import { temporaryFolder } from '../../../support/run-folder.js';
import { type SecuredPulsar, startSecuredPulsar } from '../../../support/secured-pulsar.js';
import { eventually } from '../../../support/waiting.js';
import { collect, numbered } from '../message-flow.js';

const START_MS = 130_000;
const DEADLINE_MS = 20_000;
const OPTIONS = {
  topic: 'clicks',
  subscription: 'monitoreo',
  type: 'Shared',
  maxInFlightMessages: 100,
  maxInFlightBytes: 1_000_000,
} as const;

describeWithPulsar("Pulsar's own protocol with TLS and a token", () => {
  let pulsar: SecuredPulsar;
  let broker: MessageBroker;
  const open = async (options: Partial<BrokerOptions>) => {
    const { serviceUrl, caFile, webSocketUrl } = pulsar;
    const webUrl = webSocketUrl.replace('wss', 'https');
    broker = await openBroker({ serviceUrl, webUrl, caFile, client: 'direct', log: quietLogger, ...options });
    return broker;
  };
  const says = (subscription: Subscription, part: RegExp) =>
    eventually(() => expect(subscription.state().reason).toMatch(part), {
      within: DEADLINE_MS,
      what: `the reason says ${part}`,
    });
  const flows = async (subscription: Subscription) => {
    await eventually(() => subscription.state().connected, { within: DEADLINE_MS, what: 'connected' });
    const publisher = broker.createPublisher('clicks');
    const ids = await Promise.all(numbered(10).map((message) => publisher.publish(message)));
    const received = await collect(subscription, 10);
    expect(received.map(({ messageId }) => messageId)).toEqual(ids);
    await subscription.acknowledge(received);
  };

  beforeAll(async () => {
    pulsar = await startSecuredPulsar();
  }, START_MS);
  afterAll(() => pulsar.stop());
  afterEach(() => broker.close());

  it('publishes, consumes, and asks how far it is', async () => {
    await open({ token: pulsar.token() });
    const subscription = broker.subscribe(OPTIONS);
    await flows(subscription);
    await expect(subscription.positions()).resolves.toMatchObject([{ partition: -1 }]);
  });

  it.each([
    ['no token', () => null, /^the broker answered: .*PULSAR_TOKEN/],
    ['a forged token', () => `${pulsar.token().slice(0, -4)}AAAA`, /^the broker answered: .*PULSAR_TOKEN/],
    ['a role without rights', () => pulsar.token({ role: 'stranger' }), /^the broker answered: .*PULSAR_TOKEN/],
  ])('%s: the reason says so', async (_, token, reason) => {
    await open({ token: token() });
    await says(broker.subscribe(OPTIONS), reason);
  });

  it('takes what stands in the file of the token, once it is over, and when the broker asks for another', async () => {
    const file = join(await temporaryFolder('token'), 'token');
    const tokenUntil = (expiresAt: number) => writeFile(file, pulsar.token({ expiresAt }));
    const seconds = () => Math.floor(Date.now() / 1000);
    await tokenUntil(1_700_000_000);
    const config = loadConfig([], { PULSAR_TOKEN_FILE: file });
    const opened: string[] = [];
    const log = {
      warn: () => undefined,
      info: (fields: object, message: string) => opened.push(`${message}: ${JSON.stringify(fields)}`),
    };
    await open({ token: () => config.current('PULSAR_TOKEN'), log });
    const subscription = broker.subscribe(OPTIONS);
    await says(
      subscription,
      /^the broker answered: .*PULSAR_TOKEN.*\(the token expired at 2023-11-14T22:13:20.000Z\)$/,
    );

    let over = 0;
    const connected = async () => {
      if (subscription.state().connected) return true;
      await tokenUntil((over = seconds() + 5));
      return false;
    };
    await eventually(connected, { within: DEADLINE_MS, what: 'connected' });
    const opens = () => opened.filter((line) => /^Pulsar connected.*"consumer of/.test(line)).length;
    expect(opens()).toBe(1);
    await tokenUntil(seconds() + 3600);
    // Messages flow past the end of the token that the connection was opened with.
    while (seconds() <= over + 3) await flows(subscription);
    expect(opens()).toBe(1);
  }, 60_000);

  it('takes tokens of an issuer, for the REST API too', async () => {
    const issuer = createServer(({ url = '' }, response) => {
      const { port } = issuer.address() as AddressInfo;
      const discovery = url === '/.well-known/openid-configuration';
      const body = discovery
        ? { token_endpoint: `http://127.0.0.1:${port}/token` }
        : { access_token: pulsar.token(), expires_in: 3600 };
      response.end(JSON.stringify(body));
    });
    issuer.listen(0, '127.0.0.1');
    await once(issuer, 'listening');
    try {
      const issuerUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
      const clientSecret = () => 'secret';
      const tokens = new OAuth2Token({ issuerUrl, clientId: 'm', clientSecret, audience: null, scope: null });
      await open({ token: () => tokens.current() });
      const subscription = broker.subscribe(OPTIONS);
      await flows(subscription);
      await expect(subscription.positions()).resolves.toMatchObject([{ partition: -1 }]);
    } finally {
      issuer.closeAllConnections();
      issuer.close();
    }
  });

  it('shows a certificate to who asks for it', async () => {
    const { mutualServiceUrl: serviceUrl, certificateFiles } = pulsar;
    await open({ serviceUrl, token: pulsar.token() });
    const without = broker.subscribe(OPTIONS);
    await says(without, /certificate|alert|closed the connection|ECONNRESET/i);
    await broker.close();
    await open({ serviceUrl, token: pulsar.token(), certificateFiles });
    await flows(broker.subscribe(OPTIONS));
  });

  it('refuses a certificate that nobody vouches for', async () => {
    await open({ token: pulsar.token(), caFile: null });
    await says(broker.subscribe(OPTIONS), /self-signed certificate/);
  });
});
