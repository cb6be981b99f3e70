import { isIPv6 } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import { authorityAsked } from './connection/request-target.js';
import { Problem } from './problems/problem.js';
import { propertiesOf } from './route-properties.js';

/** They change no state (RFC 9110 §9.2.1). */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
/** As `parseAuthority` writes it; IPv6 may carry an IPv4 address. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\])$/;
/** What nearly every request says, known without a parser. */
const PLAIN_LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,4})?$/;

/**
 * Refuses what a browser does for a page of somebody else. Such a page can send a request with an `Origin` of its own,
 * or let its own name point to this machine (DNS rebinding): then the `Host` header shows that name.
 */
export class ForeignRequests {
  private readonly anyHost: boolean;
  private readonly ownHost: string | null;

  constructor({ settings }: Config) {
    // With a key a page of others knows nothing to send; with ALLOW_ANONYMOUS the operator says that others may come.
    this.anyHost = settings.API_TOKEN !== null || settings.ALLOW_ANONYMOUS;
    this.ownHost = hostOf(settings.HOST);
  }

  watch(server: FastifyInstance): void {
    server.addHook('onRequest', (request, _reply, done) => {
      const problem = this.problemOfHost(request) ?? problemOfOrigin(request);
      if (problem) done(problem);
      else done();
    });
  }

  /** A request of HTTP/1.0 may come without a `Host`; a browser sends none such. */
  private problemOfHost({ raw }: FastifyRequest): Problem | null {
    if (this.anyHost) return null;
    const asked = [raw.headers.host, authorityAsked(raw)];
    if (asked.every((authority) => authority === undefined || this.isOwn(authority))) return null;
    return new Problem(
      403,
      'foreign_host',
      'Without API_TOKEN the service answers only to the names of this machine: ask localhost or 127.0.0.1.',
    );
  }

  private isOwn(authority: string): boolean {
    if (PLAIN_LOOPBACK.test(authority)) return true;
    const host = hostOf(authority);
    return host !== null && (LOOPBACK.test(host) || host === this.ownHost);
  }
}

function problemOfOrigin(request: FastifyRequest): Problem | null {
  const { origin, host } = request.headers;
  if (origin === undefined || SAFE_METHODS.has(request.method) || propertiesOf(request).foreignOrigins) return null;
  // `null` is what a sandboxed page, a file and some redirects send: nobody knows whose it is.
  const own = parseAuthority(authorityAsked(request.raw) ?? host ?? '');
  const theirs = /^http:\/\/([^/]+)$/i.exec(origin)?.[1];
  if (own !== null && theirs !== undefined && parseAuthority(theirs)?.host === own.host) return null;
  return new Problem(
    403,
    'forbidden_origin',
    `A page of another origin may not change anything here: the Origin must be http://${own?.host ?? '<Host>'}.`,
  );
}

const hostOf = (authority: string): string | null => parseAuthority(authority)?.hostname.replace(/\.$/, '') ?? null;

/**
 * Host and port as URLs write them: lower case, the default port left out, an address in its one form (`127.1` is
 * 127.0.0.1), IPv6 in brackets. Null for what is no `host:port`.
 */
function parseAuthority(text: string): URL | null {
  if (!/^[^\s/?#@\\%]+$/.test(text)) return null;
  const url = `http://${isIPv6(text) ? `[${text}]` : text}`;
  return URL.canParse(url) ? new URL(url) : null;
}
