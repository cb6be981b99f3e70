import { RouteConfig, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.js';

interface BodyConfig {
  readonly bodyAsSent?: boolean;
}

/**
 * A route that reads its JSON itself: the strict parser must see what JSON.parse would lose, and parsing a body twice is
 * 3 of the 60 µs of a POST /track. Its `request.body` is a Buffer.
 */
export const BodyAsSent = () => RouteConfig({ bodyAsSent: true } satisfies BodyConfig);

/** The bytes that came to a `BodyAsSent` route; null when none did. */
export const sentBody = ({ body }: FastifyRequest): Buffer | null =>
  Buffer.isBuffer(body) && body.length > 0 ? body : null;

/** @throws Problem 400 when the bytes are no JSON. */
export function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString().replace(/^\ufeff/, ''));
  } catch (error) {
    throw new Problem(400, 'bad_request', `The body must be valid JSON: ${(error as Error).message}`);
  }
}

/** JSON bodies, parsed for all routes but those that want them as sent. */
export function acceptJsonBodies(app: NestFastifyApplication, bodyLimit: number): void {
  const server = app.getHttpAdapter().getInstance();
  // A key named __proto__ is a verdict about one item, not a reason to refuse a whole batch; nothing here merges bodies deeply.
  const parse = server.getDefaultJsonParser('ignore', 'ignore');
  app.useBodyParser('application/json', { bodyLimit }, (request, body, done) => {
    const { bodyAsSent } = request.routeOptions.config as BodyConfig;
    if (bodyAsSent) done(null, body);
    else void parse(request as FastifyRequest, body as unknown as string, done);
  });
}
