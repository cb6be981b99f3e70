import type { FastifyRequest } from 'fastify';
import { sentBody } from '../../platform/http/bodies/body-as-sent.js';
import { invalidRequest } from '../../platform/http/validation.js';

/** The body as it was sent. @throws Problem 400 when there is none. */
export function bodyOf(request: FastifyRequest): Buffer {
  const body = sentBody(request);
  if (body !== null) return body;
  throw invalidRequest([{ field: 'body', message: 'must be JSON, sent with Content-Type: application/json' }]);
}
