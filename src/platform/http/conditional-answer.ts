import { createHash } from 'node:crypto';
import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

interface Written {
  readonly tag: string;
  readonly body: Buffer;
}

/** The written forms of answers that are kept and given to many: each is written once. */
const written = new WeakMap<object, Written>();

/**
 * A weak ETag over what an answer says, and 304 without a body when the client has just that (RFC 9110 §13.1.2).
 *
 * @param noise members, at any depth, that change although nothing happened, such as the time of the answer
 * @param maxAgeSeconds how long a client may use the answer unasked; 0: it asks each time
 * @returns the answer as JSON, or nothing with 304
 */
export function conditional(
  answer: object,
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { noise, maxAgeSeconds }: { noise: readonly string[]; maxAgeSeconds: number },
): Buffer | undefined {
  let known = written.get(answer);
  if (!known) written.set(answer, (known = write(answer, noise)));
  const { tag, body } = known;
  const control = maxAgeSeconds > 0 ? `max-age=${maxAgeSeconds}, must-revalidate` : 'no-cache';
  void reply.headers({ etag: tag, 'cache-control': control });
  const had = (headers['if-none-match'] ?? '').split(',').map((one) => one.trim());
  if (had.includes('*') || had.includes(tag) || had.includes(tag.slice(2))) {
    void reply.status(304);
    return undefined;
  }
  void reply.type('application/json; charset=utf-8');
  return body;
}

/**
 * Writes each member once, for the tag and for the body: an answer of a thousand clicks feels each further time, and a function
 * that is asked for each member takes several times as long. Noise mostly stands at the top.
 */
function write(answer: object, noise: readonly string[]): Written {
  const members = Object.entries(answer)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ isNoise: noise.includes(key), text: `${JSON.stringify(key)}:${JSON.stringify(value)}` }));
  const joined = (some: typeof members) => `{${some.map(({ text }) => text).join(',')}}`;
  const lasting = joined(members.filter(({ isNoise }) => !isNoise));
  // In JSON these characters can only be a name: in a text a quote has a backslash before it.
  const isDeep = noise.some((key) => lasting.includes(`"${key}":`));
  const passing = (key: string, value: unknown) => (noise.includes(key) ? undefined : value);
  return {
    tag: tagOf(isDeep ? JSON.stringify(answer, passing) : lasting),
    body: Buffer.from(joined(members)),
  };
}

const tagOf = (text: string) => `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;

/** Documents a route that answers so. */
export const ApiConditional = () =>
  applyDecorators(
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description: 'The `ETag` of the answer before: while it still holds, the answer is 304 without a body.',
      schema: { type: 'string', maxLength: 1000 },
    }),
    ApiResponse({ status: 304, description: 'Nothing has changed since the answer with this ETag.' }),
  );
