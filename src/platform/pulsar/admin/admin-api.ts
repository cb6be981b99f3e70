import { Agent, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import type { ClientCertificate } from '../credentials/certificates.js';
import { tokenOf, type GivenToken } from '../credentials/token-source.js';
import { GatheredBytes } from '../../http/bodies/gathered-bytes.js';
import { ConnectionError } from '../reconnect-delays.js';

export interface AdminApiOptions {
  /** `http://host:8080` or `https://host:8443`, without a trailing slash. */
  readonly url: string;
  readonly token?: GivenToken;
  /** PEM certificates of a private authority. */
  readonly ca?: string | null;
  /** Asked for each request, since it may be replaced. */
  readonly certificate?: (() => ClientCertificate) | null;
}

/** A whole question, redirects included. */
const TIMEOUT_MS = 3_000;
/** A broker sends the question on to the one that owns the topic. */
const MAX_REDIRECTS = 3;
/** Every gap between acknowledged messages has its place in an answer: 100,000 of them take 2 MB. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** A question without an answer; the message is for an operator. */
export class AdminFailure extends Error {
  override readonly name = 'AdminFailure';

  constructor(
    message: string,
    /** The status of HTTP; null: there was no answer. */
    readonly status: number | null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The broker's REST API, asked over one connection that stays open. */
export class AdminApi {
  private readonly agents: { readonly http: Agent; readonly https: TlsAgent };
  private closed = false;

  constructor(private readonly options: AdminApiOptions) {
    const one = { keepAlive: true, maxSockets: 1 };
    this.agents = { http: new Agent(one), https: new TlsAgent({ ...one, ...(options.ca && { ca: options.ca }) }) };
  }

  /**
   * @param path from `/admin/…` on
   * @returns the JSON of the answer
   * @throws AdminFailure
   */
  async get(path: string): Promise<unknown> {
    const { body, url } = await this.answer('GET', path);
    return parse(body, url);
  }

  /** The same where nothing may be the answer: null. @throws AdminFailure */
  async find(path: string): Promise<unknown> {
    const { body, url } = await this.answer('GET', path);
    return body === '' ? null : parse(body, url);
  }

  /** The headers of an answer, where they say what its body does not. @throws AdminFailure */
  async headers(path: string): Promise<IncomingHttpHeaders> {
    return (await this.answer('GET', path)).headers;
  }

  /** Changes something. @throws AdminFailure */
  async post(path: string): Promise<void> {
    await this.answer('POST', path);
  }

  private async answer(method: Method, path: string): Promise<Answer & { readonly url: URL }> {
    const deadline = AbortSignal.timeout(TIMEOUT_MS);
    let url = new URL(this.options.url + path);
    for (let redirects = 0; ; redirects++) {
      if (this.closed) throw new AdminFailure('closed', null);
      const answer = await this.ask(method, url, deadline);
      const { status, location, body } = answer;
      if (status === 200 || (method === 'POST' && status === 204)) return { ...answer, url };
      if (location === undefined || redirects === MAX_REDIRECTS) throw refusal(status, body, url);
      url = owner(location, url);
    }
  }

  close(): void {
    this.closed = true;
    this.agents.http.destroy();
    this.agents.https.destroy();
  }

  private async ask(method: Method, url: URL, signal: AbortSignal): Promise<Answer> {
    try {
      const token = await tokenOf(this.options.token ?? null);
      const headers = { accept: 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
      const asked =
        url.protocol === 'https:'
          ? tlsRequest(url, { method, agent: this.agents.https, headers, signal, ...this.options.certificate?.() })
          : request(url, { method, agent: this.agents.http, headers, signal });
      const response = await answered(asked);
      const status = response.statusCode ?? 0;
      const { location } = response.headers;
      const body = await read(response);
      return {
        status,
        location: status >= 300 && status < 400 ? location : undefined,
        headers: response.headers,
        body,
      };
    } catch (error) {
      if (error instanceof ConnectionError) throw new AdminFailure(error.message, null, { cause: error });
      throw error instanceof AdminFailure ? error : unreachable(url, error as NodeJS.ErrnoException, signal.aborted);
    }
  }
}

interface Answer {
  readonly status: number;
  /** The address to ask instead. */
  readonly location: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Method = 'GET' | 'POST';

const answered = (asked: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => asked.once('response', resolve).once('error', reject).end());

async function read(response: IncomingMessage): Promise<string> {
  const answer = new GatheredBytes(MAX_ANSWER_BYTES);
  for await (const part of response as AsyncIterable<Buffer>) {
    if (answer.length + part.length > MAX_ANSWER_BYTES)
      throw new AdminFailure(`the broker's answer is above ${MAX_ANSWER_BYTES / 1024 / 1024} MB`, null);
    answer.add(part);
  }
  return answer.bytes.toString();
}

function parse(body: string, url: URL): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new AdminFailure(`${url.host} is not Pulsar's HTTP address: ${SET_WEB_URL}`, 200, { cause: error });
  }
}

/** The token goes along, so never from a connection that hides it to one that does not. */
function owner(location: string, from: URL): URL {
  const to = new URL(location, from);
  const plain = to.protocol === 'http:' && from.protocol === 'https:';
  if (plain || !/^https?:$/.test(to.protocol))
    throw new AdminFailure(`the broker redirects to ${to.protocol}//${to.host}, without TLS`, null);
  return to;
}

const SET_WEB_URL = "set PULSAR_WEB_URL to the broker's HTTP address, http://host:8080";

function unreachable(url: URL, error: NodeJS.ErrnoException, late: boolean): AdminFailure {
  const why = late ? `no answer within ${TIMEOUT_MS / 1000} s` : error.message || (error.code ?? error.name);
  return new AdminFailure(`${url.host} cannot be asked (${why}): ${SET_WEB_URL}`, null, { cause: error });
}

/** A broker says 401 also where a role lacks a right. */
const FIXES: Readonly<Record<number, string>> = {
  401: 'set PULSAR_TOKEN to a valid token, of a role with the right to consume from the topic',
  403: 'give the role of PULSAR_TOKEN the right to consume from the topic',
  404: "the topic is not there, or this is not Pulsar's HTTP address (PULSAR_WEB_URL)",
};

function refusal(status: number, body: string, url: URL): AdminFailure {
  const reason = /"reason"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body)?.[1];
  const fix = FIXES[status];
  const why = `${url.host} answered ${status}${reason ? ` (${reason.slice(0, 200)})` : ''}`;
  return new AdminFailure(fix ? `${why}: ${fix}` : why, status);
}
