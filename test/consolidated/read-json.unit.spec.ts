import { JsonReader, type Reading } from '../../src/consolidated/infrastructure/http/exchange/read-json.js';

const MAX_BYTES = 2_000_000;
const LARGE = Buffer.from(`[${'1,'.repeat(300_000)}1]`);
const never = new AbortController().signal;
const sizeOf: Reading<number> = function* (body) {
  yield;
  return body!.bytes;
};

describe('the body of an answer', () => {
  const reader = new JsonReader(MAX_BYTES);
  const read = (bytes: Buffer) => reader.use(bytes, sizeOf, never);

  it.each<[string, Buffer]>([
    ['what is no JSON', Buffer.from('<<<')],
    ['an end that is missing', Buffer.from('[1')],
    ['no byte at all', Buffer.alloc(0)],
    ['bytes that are no UTF-8', Buffer.from('["\xff"]', 'latin1')],
  ])('of %s is refused', async (_, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ reason: 'not_json' });
  });

  const most = MAX_BYTES / 16;
  it.each<[string, string]>([
    ['lists in lists', '['.repeat(most + 1) + ']'.repeat(most + 1)],
    ['objects', `[${'{},'.repeat(most - 1)}{}]`],
    ['objects behind a text that seems to go on', `["a\\\\",${'{},'.repeat(most - 1)}{}]`],
  ])('of too many %s is refused: to parse them would hold up everybody else', async (_, text) => {
    await expect(read(Buffer.from(text))).rejects.toMatchObject({ reason: 'too_large' });
  });

  it.each<[string, string]>([
    ['as many objects as may be', `[${'{},'.repeat(most - 2)}{}]`],
    ['their signs in a text', JSON.stringify('{["\\'.repeat(most / 2))],
    ['their signs in a text that ends with an escape', `["${'{['.repeat(most)}\\\\",1]`],
  ])('of %s is read', async (_, text) => {
    JSON.parse(text);
    await expect(read(Buffer.from(text))).resolves.toBe(Buffer.byteLength(text));
  });

  /** Longer than one may go on while others wait. */
  const READING_MS = 30;

  const mostAtOnce = async (bytes: Buffer): Promise<number> => {
    let [now, most] = [0, 0];
    const using: Reading<void> = function* () {
      now += 1;
      most = Math.max(most, now);
      for (const end = performance.now() + READING_MS; performance.now() < end;) yield;
      now -= 1;
    };
    await Promise.all(Array.from({ length: 5 }, () => reader.use(bytes, using, never)));
    return most;
  };

  it('waits for its turn where it is large, so that the objects of one alone take memory', async () => {
    expect(await mostAtOnce(LARGE)).toBe(1);
  });

  it('does not wait where it is small', async () => {
    expect(await mostAtOnce(Buffer.from('[1]'))).toBeGreaterThan(1);
  });

  it('that waits is given up with the call', async () => {
    const given = new AbortController();
    let hasEnded = false;
    const reading: Reading<void> = function* () {
      while (!hasEnded) yield;
      throw new Error('ended');
    };
    const first = reader.use(LARGE, reading, never);
    const second = reader.use(LARGE, sizeOf, given.signal);
    setTimeout(() => given.abort(new Error('given up')), 20);
    await expect(second).rejects.toThrow('given up');
    hasEnded = true;
    await expect(first).rejects.toThrow('ended');
    await expect(read(LARGE)).resolves.toBe(LARGE.length);
  });
});
