import { request } from 'undici';
import { GatheredBytes } from '../../http/bodies/gathered-bytes.js';
import { ConnectionError } from '../reconnect-delays.js';

export interface OAuth2Options {
  /** Its `/.well-known/openid-configuration` names where tokens are. */
  readonly issuerUrl: string;
  readonly clientId: string;
  /** Asked for each token, since it may be replaced. */
  readonly clientSecret: () => string;
  readonly audience: string | null;
  readonly scope: string | null;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

/** Each of the two questions. */
const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 256 * 1024;
/** A token is used for this part of its life: the broker's clock is another one. */
const USED_PART = 0.8;
/** The life of a token that does not say it. */
const USUAL_LIFE_S = 300;

/** Tokens by OAuth 2.0 client credentials (RFC 6749, 4.4), one at a time and kept while they are young. */
export class OAuth2Token {
  private held: { readonly token: string; readonly until: number } | null = null;
  private asking: Promise<string> | null = null;
  private readonly now: () => number;

  constructor(private readonly options: OAuth2Options) {
    this.now = options.now ?? (() => performance.now());
  }

  /** @throws ConnectionError */
  current(): Promise<string> {
    if (this.held !== null && this.now() < this.held.until) return Promise.resolve(this.held.token);
    this.asking ??= this.ask().finally(() => (this.asking = null));
    return this.asking;
  }

  private async ask(): Promise<string> {
    const { issuerUrl, clientId, clientSecret, audience, scope } = this.options;
    const issuer = new URL(issuerUrl);
    const { token_endpoint: named } = await answer(`${issuerUrl.replace(/\/+$/, '')}/.well-known/openid-configuration`);
    const endpoint = endpointOf(named, issuer);
    const asked = this.now();
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret(),
      ...(audience !== null && { audience }),
      ...(scope !== null && { scope }),
    });
    const { access_token: token, expires_in: life } = await answer(endpoint, form);
    if (typeof token !== 'string' || token === '')
      throw new ConnectionError(`${issuer.host} answered without an access_token`, false);
    const lifeMs = (Number(life) || USUAL_LIFE_S) * 1000;
    this.held = { token, until: asked + lifeMs * USED_PART };
    return token;
  }
}

/** Checks a value of configuration: an issuer's address that a secret may be sent to. @throws Error with what it should be */
export function checkIssuerUrl(url: string): string {
  const { protocol, hostname, username, search, hash } = URL.canParse(url) ? new URL(url) : new URL('none:');
  const hidden =
    protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname));
  if (hidden && username === '' && search === '' && hash === '') return url;
  throw new Error("an issuer's address: https://issuer.example, or http:// to this machine");
}

/** The secret goes there: never from an issuer that hides it to a place that does not. */
function endpointOf(named: unknown, issuer: URL): string {
  if (typeof named !== 'string' || !URL.canParse(named))
    throw new ConnectionError(`${issuer.host} names no token_endpoint: check PULSAR_OAUTH2_ISSUER_URL`, false);
  const { protocol, host } = new URL(named);
  if (protocol !== 'https:' && protocol !== issuer.protocol)
    throw new ConnectionError(`${issuer.host} sends us to ${protocol}//${host}, without TLS`, true);
  return named;
}

async function answer(url: string, form?: URLSearchParams): Promise<Record<string, unknown>> {
  const { host } = new URL(url);
  let text: string;
  let status: number;
  try {
    const { statusCode, body } = await request(url, {
      method: form ? 'POST' : 'GET',
      headers: { accept: 'application/json', ...(form && { 'content-type': 'application/x-www-form-urlencoded' }) },
      body: form ? form.toString() : null,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = statusCode;
    text = await bounded(body);
  } catch (error) {
    const why = (error as Error).name === 'TimeoutError' ? `no answer within ${TIMEOUT_MS / 1000} s` : messageOf(error);
    throw new ConnectionError(`the issuer of tokens ${host} cannot be asked (${why})`, false, { cause: error });
  }
  const values = parsed(text);
  if (status === 200 && values !== null) return values;
  // RFC 6749, 5.2: a code, and perhaps words.
  const code = typeof values?.error === 'string' ? ` (${values.error.slice(0, 80)})` : '';
  const check = status >= 400 && status < 500 ? ': check PULSAR_OAUTH2_CLIENT_ID, its secret, audience and scope' : '';
  throw new ConnectionError(`the issuer of tokens ${host} answered ${status}${code}${check}`, check !== '');
}

async function bounded(body: AsyncIterable<Buffer>): Promise<string> {
  const answer = new GatheredBytes(MAX_ANSWER_BYTES);
  for await (const part of body) {
    if (answer.length + part.length > MAX_ANSWER_BYTES) throw new Error(`more than ${MAX_ANSWER_BYTES / 1024} kB`);
    answer.add(part);
  }
  return answer.bytes.toString();
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const values: unknown = JSON.parse(text);
    return typeof values === 'object' ? (values as Record<string, unknown> | null) : null;
  } catch {
    return null; // its status says more than its text
  }
}

/** Errors of a name that resolves to several addresses have no message of their own. */
const messageOf = (error: unknown): string => (error as Error).message || String((error as NodeJS.ErrnoException).code);
