import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import type { RouteTable } from './route-table.js';

const PREFLIGHT_HOLDS_S = '600';
const ASKED_HEADERS = 'content-type, x-api-token, x-api-key, authorization, if-none-match, x-request-id';
const SHOWN_HEADERS = 'etag, link, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, x-request-id';

/**
 * Answers preflights and marks answers for pages of CORS_ORIGINS. The package for it has a route of its own for OPTIONS at
 * every address, so that none would be 405 or 404 any more, and knows nothing of which methods an address has.
 */
export function allowOrigins(server: FastifyInstance, routes: RouteTable, { settings }: Config): void {
  const { CORS_ORIGINS: allowed } = settings;
  if (allowed === null) return;
  server.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    void reply.header('vary', 'Origin');
    if (!allowed.has(origin)) return done();
    void reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': SHOWN_HEADERS });
    const methods = asksBefore(request) ? routes.methodsOf(request.url.split('?', 1)[0]!) : [];
    if (methods.length === 0) return done();
    void reply
      .status(204)
      .headers({
        'access-control-allow-methods': methods.join(', '),
        'access-control-allow-headers': ASKED_HEADERS,
        'access-control-max-age': PREFLIGHT_HOLDS_S,
      })
      .send();
  });
}

const asksBefore = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
