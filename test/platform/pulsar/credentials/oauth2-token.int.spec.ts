import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OAuth2Token } from '../../../../src/platform/pulsar/credentials/oauth2-token.js';

interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

describe('tokens by OAuth 2.0 client credentials', () => {
  let server: Server;
  let asked: URLSearchParams[];
  let answers: { discovery: Answer; token: Answer };
  let time = 0;

  const bodyOf = async (request: IncomingMessage): Promise<string> => {
    let body = '';
    for await (const piece of request) body += String(piece);
    return body;
  };
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tokens = (more: { audience?: string; scope?: string } = {}) =>
    new OAuth2Token({
      issuerUrl: `${url()}/tenant/`,
      clientId: 'monitoreo',
      clientSecret: () => 'canary',
      audience: null,
      scope: null,
      now: () => time,
      ...more,
    });

  beforeEach(async () => {
    [asked, time] = [[], 0];
    server = createServer((request, response) => {
      void (async () => {
        const discovery = request.url === '/tenant/.well-known/openid-configuration';
        if (!discovery) asked.push(new URLSearchParams(await bodyOf(request)));
        const { status = 200, body } = discovery ? answers.discovery : answers.token;
        response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
      })();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    answers = {
      discovery: { body: { token_endpoint: `${url()}/token` } },
      token: { body: { access_token: 'one', token_type: 'Bearer', expires_in: 100 } },
    };
  });
  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });

  it('asks once for all who want one, and again when four fifths of its life are over', async () => {
    const source = tokens({ audience: 'urn:pulsar', scope: 'a b' });
    expect(await Promise.all([source.current(), source.current()])).toEqual(['one', 'one']);
    answers.token = { body: { access_token: 'two', expires_in: 100 } };
    time = 79_999;
    expect(await source.current()).toBe('one');
    time = 80_000;
    expect(await source.current()).toBe('two');
    expect(asked.map((form) => Object.fromEntries(form))).toEqual(
      Array.from({ length: 2 }, () => ({
        grant_type: 'client_credentials',
        client_id: 'monitoreo',
        client_secret: 'canary',
        audience: 'urn:pulsar',
        scope: 'a b',
      })),
    );
  });

  const HOST = '127\\.0\\.0\\.1:\\d+';
  it.each<[string, () => void, string, boolean]>([
    [
      'the issuer refuses',
      () => (answers.token = { status: 401, body: { error: 'invalid_client' } }),
      `^the issuer of tokens ${HOST} answered 401 \\(invalid_client\\): check PULSAR_OAUTH2_CLIENT_ID, `,
      true,
    ],
    [
      'the issuer is broken',
      () => (answers.token = { status: 503, body: '<html>' }),
      `^the issuer of tokens ${HOST} answered 503$`,
      false,
    ],
    [
      'the issuer gives no token',
      () => (answers.token = { body: { token_type: 'Bearer' } }),
      `^${HOST} answered without an access_token$`,
      false,
    ],
    [
      'there is no issuer',
      () => (answers.discovery = { status: 404, body: 'no' }),
      `^the issuer of tokens ${HOST} answered 404`,
      true,
    ],
    [
      'the issuer names no place',
      () => (answers.discovery = { body: [] }),
      `^${HOST} names no token_endpoint: check PULSAR_OAUTH2_ISSUER_URL$`,
      false,
    ],
    [
      'the answer has no end',
      () => (answers.token = { body: 'x'.repeat(300_000) }),
      `^the issuer of tokens ${HOST} cannot be asked \\(more than 256 kB\\)$`,
      false,
    ],
  ])('%s: the reason says so, without the secret, and the next one asks again', async (_, prepare, words, refused) => {
    const usual = answers.token;
    const { discovery } = answers;
    prepare();
    const source = tokens();
    await expect(source.current()).rejects.toMatchObject({
      name: 'ConnectionError',
      message: expect.stringMatching(new RegExp(words)) as string,
      refused,
    });
    answers = { discovery, token: usual };
    expect(await source.current()).toBe('one');
  });

  it('an issuer that is away is asked again by the next', async () => {
    const source = new OAuth2Token({
      issuerUrl: 'http://127.0.0.1:1',
      clientId: 'm',
      clientSecret: () => 'canary',
      audience: null,
      scope: null,
    });
    await expect(source.current()).rejects.toThrow(
      /^the issuer of tokens 127.0.0.1:1 cannot be asked \(.*ECONNREFUSED/,
    );
  });
});
