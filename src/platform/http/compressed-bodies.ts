import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { Problem } from './problem.js';

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
    const decoded = decoder();
    decoded.once('error', () => decoded.destroy(new Problem(400, 'bad_request', `The body is not valid ${encoding}.`)));
    done(null, payload.pipe(decoded));
  });
}
