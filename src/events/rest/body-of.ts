import type { RawBodyRequest } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { invalidRequest } from '../../platform/http/validation.js';

/** The body as it was sent. @throws Problem 400 when there is none. */
export function bodyOf({ rawBody }: RawBodyRequest<FastifyRequest>): Buffer {
  if (rawBody && rawBody.length > 0) return rawBody;
  throw invalidRequest([{ field: 'body', message: 'must be JSON, sent with Content-Type: application/json' }]);
}
