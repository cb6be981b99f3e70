import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { BodiesInFlight } from '../../../src/platform/http/bodies/bodies-in-flight.js';
import { readBody } from '../../../src/platform/http/bodies/read-body.js';

const LIMIT = 5_000_000;
const ALL = 64_000_000;

describe('the room of bodies in flight', () => {
  it('is whole again when a connection closes before what it sent is unpacked', async () => {
    const inFlight = new BodiesInFlight();
    const hold = inFlight.hold(true);
    const payload = new PassThrough();
    const outcome = new Promise<Error | null>((resolve) => {
      readBody(payload, { 'content-encoding': 'gzip' }, { limit: LIMIT, hold }, resolve);
    });
    // The decoder works in a thread of its own, and has given nothing yet.
    payload.once('end', () => hold.release());
    payload.end(gzipSync(Buffer.alloc(4_900_000, 0x20)));
    await outcome;
    expect(inFlight.hold(true).grow(ALL)).toBe(true);
  });
});
