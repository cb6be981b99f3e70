import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AllowedOrigins } from './connection/allowed-origins.js';
import { propertiesOf } from './route-properties.js';
import type { RouteTable } from './route-table.js';

const PREFLIGHT_HOLDS_S = '600';
const ASKED_HEADERS = 'content-type, x-api-token, x-api-key, authorization, if-none-match, x-request-id';
const SHOWN_HEADERS = 'etag, link, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, x-request-id';

/**
 * Answers preflights and marks answers for pages of other origins that may ask. The package for it has a route of its own for
 * OPTIONS at every address, so that none would be 405 or 404 any more, and knows nothing of which methods an address has.
 */
export function allowOrigins(server: FastifyInstance, routes: RouteTable, allowed: AllowedOrigins): void {
  server.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (origin === undefined) {
      void reply.headers(headersShowing(null, allowed));
      return done();
    }
    const preflight = asksBefore(request);
    const path = request.url.split('?', 1)[0]!;
    const methods = preflight
      ? routes.methodsOf(path).filter((method) => allowed.allowing(origin, routes.propertiesOf(path, method)) !== null)
      : [];
    const asked = preflight ? routes.propertiesOf(path, methods[0] ?? '') : propertiesOf(request);
    const allows = allowed.allowing(origin, asked);
    void reply.headers(headersShowing(allows, allowed));
    if (allows === null || methods.length === 0) return done();
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

const NO_HEADERS: Readonly<Record<string, string>> = {};

/** The headers of an answer that say which page may read it. @param allows as `AllowedOrigins.allowing` says it */
export function headersShowing(allows: string | null, { vary }: AllowedOrigins): Readonly<Record<string, string>> {
  const varies = vary || (allows !== null && allows !== '*');
  if (!varies && allows === null) return NO_HEADERS;
  return {
    ...(varies ? { vary: 'Origin' } : NO_HEADERS),
    ...(allows === null
      ? NO_HEADERS
      : { 'access-control-allow-origin': allows, 'access-control-expose-headers': SHOWN_HEADERS }),
  };
}

const asksBefore = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
