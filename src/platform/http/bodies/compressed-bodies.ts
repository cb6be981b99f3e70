import type { IncomingHttpHeaders } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Problem } from '../problems/problem.js';

/** A decoder, and the memory that it may take before a byte of the body has come out of it. */
export interface Decoder {
  readonly make: () => Transform;
  readonly bytes: number;
}

/** A window of 32 kB, its tables, and room for what comes out. */
const OF_DEFLATE = 64_000;
/** Each kind of code may have 256 tables of 4 kB: a body of 1 kB makes them. */
const OF_BROTLI = 4_000_000;
const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: { make: createGunzip, bytes: OF_DEFLATE },
  deflate: { make: createInflate, bytes: OF_DEFLATE },
  br: { make: createBrotliDecompress, bytes: OF_BROTLI },
};

/**
 * Knows what unpacks a body sent with Content-Encoding gzip, deflate or br; null for one that is sent as it is.
 *
 * @throws Problem 415 for any other encoding
 */
export function decoderFor(headers: IncomingHttpHeaders): Decoder | null {
  const encoding = headers['content-encoding']?.toLowerCase();
  if (encoding === undefined || encoding === 'identity') return null;
  const decoder = Object.entries(DECODERS).find(([name]) => name === encoding)?.[1];
  if (decoder) return decoder;
  const known = Object.keys(DECODERS).join(', ');
  throw new Problem(415, 'unsupported_media_type', `Content-Encoding must be one of ${known}.`);
}

/** The problem that answers an error of a decoder while a body was read. */
export function unpackingProblem(error: unknown): Problem | null {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string' || !/^(Z_|ERR_BROTLI|ERR__ERROR)/.test(code)) return null;
  return new Problem(400, 'bad_request', 'The body is not what its Content-Encoding says.');
}
