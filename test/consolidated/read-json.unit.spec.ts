import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { JsonReader, type Reading } from '../../src/consolidated/infrastructure/http/read-json.js';

const MAX_BYTES = 2_000_000;
const LARGE = Buffer.from(`[${'1,'.repeat(300_000)}1]`);
const never = new AbortController().signal;
const sizeOf: Reading<number> = (body) => Promise.resolve(body!.bytes);
const bodyOf = (...chunks: Buffer[]) => Readable.from(chunks, { objectMode: false });

describe('the body of an answer', () => {
  const reader = new JsonReader(MAX_BYTES);
  const read = (body: Readable, headers: Record<string, string | string[]>) =>
    reader.read(body, headers, sizeOf, never);

  it.each<[string, Record<string, string | string[]>, string]>([
    ['another type', { 'content-type': 'text/html' }, 'not_json'],
    ['a length above the bound', { 'content-length': String(MAX_BYTES + 1) }, 'too_large'],
    ['an encoding that is unknown', { 'content-encoding': 'zstd' }, 'not_json'],
    ['an encoding that every object has', { 'content-encoding': '__proto__' }, 'not_json'],
    ['another one', { 'content-encoding': 'constructor' }, 'not_json'],
    ['two encodings', { 'content-encoding': ['gzip', 'gzip'] }, 'not_json'],
    ['bytes that cannot be unpacked', { 'content-encoding': 'gzip' }, 'Z_DATA_ERROR'],
    ['more than the bound', {}, 'too_large'],
  ])('with %s is refused, and destroyed: else it would keep its connection', async (_, headers, reason) => {
    const body = bodyOf(LARGE, LARGE, LARGE, LARGE);
    const failure = (await read(body, headers).catch((error: unknown) => error)) as { reason?: string; code?: string };
    expect(failure.reason ?? failure.code).toBe(reason);
    expect(body.destroyed).toBe(true);
  });

  const most = MAX_BYTES / 16;
  it.each<[string, string]>([
    ['lists in lists', '['.repeat(most + 1) + ']'.repeat(most + 1)],
    ['objects', `[${'{},'.repeat(most - 1)}{}]`],
    ['objects behind a text that seems to go on', `["a\\\\",${'{},'.repeat(most - 1)}{}]`],
  ])('of too many %s is refused: to parse them would hold up everybody else', async (_, text) => {
    await expect(read(bodyOf(Buffer.from(text)), {})).rejects.toMatchObject({ reason: 'too_large' });
  });

  it.each<[string, string]>([
    ['as many objects as may be', `[${'{},'.repeat(most - 2)}{}]`],
    ['their signs in a text', JSON.stringify('{["\\'.repeat(most / 2))],
    ['their signs in a text that ends with an escape', `["${'{['.repeat(most)}\\\\",1]`],
  ])('of %s is read', async (_, text) => {
    JSON.parse(text);
    await expect(read(bodyOf(Buffer.from(text)), {})).resolves.toBe(Buffer.byteLength(text));
  });

  it('is unpacked', async () => {
    await expect(read(bodyOf(gzipSync(LARGE)), { 'content-encoding': 'GZIP' })).resolves.toBe(LARGE.length);
  });

  it('takes no room any longer once it is used or refused', async () => {
    for (let n = 0; n < 100; n += 1) {
      await expect(read(bodyOf(LARGE, LARGE, LARGE, LARGE), {})).rejects.toThrow('UPSTREAM_MAX_MB');
      await expect(read(bodyOf(LARGE), {})).resolves.toBe(LARGE.length);
    }
  });

  const mostAtOnce = async (bytes: Buffer): Promise<number> => {
    let [now, most] = [0, 0];
    const using: Reading<void> = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now -= 1;
    };
    await Promise.all(Array.from({ length: 5 }, () => reader.read(bodyOf(bytes), {}, using, never)));
    return most;
  };

  it('waits for its turn where it is large, so that the objects of one alone take memory', async () => {
    expect(await mostAtOnce(LARGE)).toBe(1);
  });

  it('does not wait where it is small', async () => {
    expect(await mostAtOnce(Buffer.from('[1]'))).toBe(5);
  });

  it('that waits is given up with the call', async () => {
    const [given, ended] = [new AbortController(), new AbortController()];
    const first = reader.read(
      bodyOf(LARGE),
      {},
      () => new Promise((_, reject) => ended.signal.addEventListener('abort', () => reject(new Error('ended')))),
      never,
    );
    const second = reader.read(bodyOf(LARGE), {}, sizeOf, given.signal);
    setTimeout(() => given.abort(new Error('given up')), 20);
    await expect(second).rejects.toThrow('given up');
    ended.abort();
    await expect(first).rejects.toThrow('ended');
    await expect(read(bodyOf(LARGE), {})).resolves.toBe(LARGE.length);
  });
});
