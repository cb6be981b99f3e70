import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import type { AccessControl } from './access/access-control.port.js';
import type { AllowedOrigins } from './connection/allowed-origins.js';
import { authorityAsked } from './connection/request-target.js';
import { schemeOf } from './connection/trusted-proxies.js';
import { Problem } from './problems/problem.js';
import { propertiesOf } from './route-properties.js';

/** They change no state (RFC 9110 §9.2.1). */
export const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
/** The address as `parseAuthority` writes it; IPv6 may carry an IPv4 address. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\])$/;
/** The hosts that nearly every request names, with a port below 60,000; they are known without a parser. */
const PLAIN_LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:[1-5]?[0-9]{1,4})?$/;

/**
 * Refuses what a browser does for a page of somebody else. Such a page can send a request with an `Origin` of its own,
 * or let its own name point to this machine (DNS rebinding): then the `Host` header shows that name.
 */
export class ForeignRequests {
  private readonly anonymous: boolean;
  private readonly ownHost: string | null;

  constructor(
    private readonly config: Config,
    private readonly control: AccessControl,
    private readonly allowed: AllowedOrigins,
  ) {
    this.anonymous = config.settings.ALLOW_ANONYMOUS;
    this.ownHost = hostOf(config.settings.HOST);
  }

  watch(server: FastifyInstance): void {
    server.addHook('onRequest', (request, _reply, done) => {
      const problem = this.problemOfHost(request.raw) ?? this.problemOfOrigin(request);
      if (problem) done(problem);
      else done();
    });
  }

  /** A request of HTTP/1.0 may come without a `Host`; a browser sends none such. */
  problemOfHost(request: IncomingMessage): Problem | null {
    // If there are keys, a page of another origin has none to send. With ALLOW_ANONYMOUS the operator says that others may
    // come.
    if (this.anonymous || this.control.keysExist) return null;
    const asked = [request.headers.host, authorityAsked(request)];
    if (asked.every((authority) => authority === undefined || this.isOwn(authority))) return null;
    return new Problem(
      403,
      'foreign_host',
      'Without a key the service answers only to the names of this machine: ask localhost or 127.0.0.1.',
    );
  }

  /** The cookie is none of another page's business, and is looked at by itself. */
  private problemOfOrigin(request: FastifyRequest): Problem | null {
    const { origin } = request.headers;
    if (origin === undefined || SAFE_METHODS.has(request.method)) return null;
    const mayAsk = this.allowed.allowing(origin, propertiesOf(request)) !== null || isOfOwnPage(request, this.config);
    return mayAsk ? null : forbiddenOrigin(request, this.config);
  }

  private isOwn(authority: string): boolean {
    if (PLAIN_LOOPBACK.test(authority)) return true;
    const host = hostOf(authority);
    return host !== null && (LOOPBACK.test(host) || host === this.ownHost);
  }
}

/** Whether the `Origin` says that a page of ours sent it. `null`, of a sandboxed page, a file and some redirects, says nothing. */
export function isOfOwnPage(request: FastifyRequest, config: Config): boolean {
  const own = ownOrigin(request, config);
  const theirs = /^(https?):\/\/([^/]+)$/i.exec(request.headers.origin ?? '');
  return own !== null && theirs !== null && parseAuthority(theirs[2]!, theirs[1])?.origin === own;
}

export const forbiddenOrigin = (request: FastifyRequest, config: Config): Problem =>
  new Problem(
    403,
    'forbidden_origin',
    `A page of another origin may not change anything here: the Origin must be ${ownOrigin(request, config) ?? 'http://<Host>'}.`,
  );

/** Scheme, host and port by which a request asked for us. */
const ownOrigin = (request: FastifyRequest, { settings }: Config): string | null =>
  parseAuthority(authorityAsked(request.raw) ?? request.headers.host ?? '', schemeOf(request, settings.TRUSTED_PROXIES))
    ?.origin ?? null;

const hostOf = (authority: string): string | null => parseAuthority(authority)?.hostname.replace(/\.$/, '') ?? null;

/**
 * Host and port as URLs write them: lower case, the default port left out, an address in its one form (`127.1` is
 * 127.0.0.1), IPv6 in brackets. Null for what is no `host:port`.
 */
function parseAuthority(text: string, scheme = 'http'): URL | null {
  if (!/^[^\s/?#@\\%]+$/.test(text)) return null;
  const url = `${scheme}://${isIPv6(text) ? `[${text}]` : text}`;
  return URL.canParse(url) ? new URL(url) : null;
}
