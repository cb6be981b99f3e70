import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import { Problem } from './problems/problem.js';
import { propertiesOf, RouteIs } from './route-properties.js';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The route, or every route of the controller, is for who sends the key; `TokenGuard` sees to it. */
export const NeedsKey = () => RouteIs({ access: 'key' });

/**
 * Lets through who sends API_TOKEN as `X-API-Token` or `Authorization: Bearer`; everybody when no token is configured
 * (the configuration refuses that on a public HOST). Digests are compared, so that time tells nothing.
 *
 * It looks before the body is read: a guard of Nest runs after, and strangers could fill the memory.
 */
export class TokenGuard {
  private readonly expected: Buffer | null;

  constructor({ settings }: Config) {
    this.expected = settings.API_TOKEN === null ? null : digest(settings.API_TOKEN);
  }

  watch(server: FastifyInstance): void {
    server.addHook('onRequest', (request, _reply, done) => {
      if (propertiesOf(request).access !== 'key' || this.hasKey(request)) return done();
      const detail = 'Send the API token in the header X-API-Token.';
      done(new Problem(401, 'unauthorized', detail, { headers: { 'www-authenticate': 'Bearer' } }));
    });
  }

  /** Whether a request came with the key, or none is needed by anybody. */
  hasKey(request: FastifyRequest): boolean {
    if (this.expected === null) return true;
    const given = tokenOf(request);
    return given !== null && timingSafeEqual(digest(given), this.expected);
  }
}

/** A header given twice arrives joined by a comma and so never matches. */
function tokenOf(request: FastifyRequest): string | null {
  const { headers } = request;
  const token = headers['x-api-token'];
  if (typeof token === 'string') return token;
  if (propertiesOf(request).passesAuthorization) return null;
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}
