import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { closedByClient } from '../client-gone.js';
import { Problem } from '../problems/problem.js';
import type { BodyHold } from './bodies-in-flight.js';
import { decoderFor } from './compressed-bodies.js';

const FIRST_BYTES = 16_384;
const RETRY_AFTER_S = '1';

interface Bounds {
  /** Most bytes, as sent and unpacked. */
  readonly limit: number;
  /** The body's bytes are taken from it as they come, and those of its decoder before. */
  readonly hold: BodyHold;
}

/**
 * Reads a body, unpacked, into one Buffer that grows: a list of chunks would cost hundreds of bytes for each, and a client
 * may send chunks of one. `done` is called once.
 *
 * @throws Problem (by `done`) 413 above the limit, 503 when the process holds too much, 415 and 400 for the encoding
 */
export function readBody(
  payload: Readable,
  headers: IncomingHttpHeaders,
  { limit, hold }: Bounds,
  done: (error: Error | null, body?: Buffer) => void,
): void {
  const declared = headers['content-length'] === undefined ? null : Number(headers['content-length']);
  if (declared !== null && declared > limit) return done(tooLarge(limit));
  let source = payload;
  try {
    const decoder = decoderFor(headers);
    if (decoder && !hold.decoder.grow(decoder.bytes)) return done(overloaded());
    if (decoder) source = payload.pipe(decoder.make());
  } catch (error) {
    return done(error as Error);
  }
  const packed = source !== payload;
  const expected = packed || declared === null ? limit : declared;
  let sent = 0;
  let length = 0;
  let body: Buffer = Buffer.alloc(0);

  const stop = (error: Error | null) => {
    source.off('data', take).off('end', whenWhole).off('error', stop);
    payload.off('data', countSent).off('error', stop).off('close', whenClosed);
    if (packed) {
      payload.unpipe();
      source.on('error', () => undefined).destroy();
      hold.decoder.release();
    }
    if (error) hold.release();
    done(error, error ? undefined : body.subarray(0, length));
  };
  const whenWhole = () => stop(null);
  const whenClosed = () => {
    // A whole body closes, too; an error of a decoder comes only after that.
    if (!payload.readableEnded) stop(closedByClient());
  };
  const countSent = (chunk: Buffer) => {
    sent += chunk.length;
    if (sent > limit) stop(tooLarge(limit));
  };
  const take = (chunk: Buffer) => {
    const needed = length + chunk.length;
    if (needed > limit) return stop(tooLarge(limit));
    if (length === 0 && chunk.length === expected) {
      if (!hold.grow(chunk.length)) return stop(overloaded());
      body = chunk;
    } else {
      if (needed > body.length) {
        const room = Math.max(needed, Math.min(expected, Math.max(FIRST_BYTES, body.length * 2)));
        if (!hold.grow(room - body.length)) return stop(overloaded());
        const roomier = Buffer.allocUnsafeSlow(room);
        body.copy(roomier, 0, 0, length);
        body = roomier;
      }
      chunk.copy(body, length);
    }
    length = needed;
  };

  if (packed) payload.on('data', countSent);
  payload.on('error', stop).on('close', whenClosed);
  source.on('data', take).on('end', whenWhole);
  if (packed) source.on('error', stop);
}

const tooLarge = (limit: number) =>
  new Problem(413, 'body_too_large', `The body is above ${inWords(limit)}: send it in smaller parts.`);

const inWords = (bytes: number) => (bytes >= 1_000_000 ? `${bytes / 1_000_000} MB` : `${bytes / 1000} kB`);

const overloaded = () =>
  new Problem(503, 'overloaded', 'The service holds as many bytes of requests as it may: send it again shortly.', {
    headers: { 'retry-after': RETRY_AFTER_S },
  });
