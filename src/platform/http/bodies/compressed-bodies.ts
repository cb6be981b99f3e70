import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../problems/problem.js';

const DECODERS = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress } as const;

/**
 * Bodies sent with Content-Encoding gzip, deflate or br. The length header speaks of the compressed bytes: without it
 * Fastify measures what comes out, so the body limit also stops a small body that unpacks into a huge one.
 */
export function acceptCompressedBodies(server: FastifyInstance): void {
  server.addHook('preParsing', (request, _reply, payload, done) => {
    const encoding = request.headers['content-encoding']?.toLowerCase();
    if (encoding === undefined || encoding === 'identity') return done(null, payload);
    const decoder = Object.entries(DECODERS).find(([name]) => name === encoding)?.[1];
    if (!decoder) {
      const known = Object.keys(DECODERS).join(', ');
      return done(new Problem(415, 'unsupported_media_type', `Content-Encoding must be one of ${known}.`));
    }
    delete request.headers['content-encoding'];
    delete request.headers['content-length'];
    done(null, payload.pipe(decoder()));
  });
}

/** Of an error that a decoder raised while a body was read. */
export function unpackingProblem(error: unknown): Problem | null {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string' || !/^(Z_|ERR_BROTLI|ERR__ERROR)/.test(code)) return null;
  return new Problem(400, 'bad_request', 'The body is not what its Content-Encoding says.');
}
