import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Clock } from '../../src/platform/clock/clock.js';
import type { Config } from '../../src/platform/config/config.js';
import { HttpOtherRegion } from '../../src/regions/infrastructure/http/http-other-region.js';
import { answeredPage } from './answered-page.js';

const ERASURES = { key_fingerprint: null, erasures: [] };

const PERSON = '5b41362bc82b7f3d56edc5a306db22105707d01ff4819e26faef9724a2d406c9';
const erasure = (more: Record<string, unknown> = {}) => ({
  person: PERSON,
  id_bytes: 36,
  erased_at: 1_763_812_800_000,
  ...more,
});

describe('the log of erasures of another region', () => {
  const other = new HttpOtherRegion({ currentOf: () => null } as unknown as Config, new Clock());
  const { signal } = new AbortController();
  let server: Server;
  let region: { name: string; url: string };
  let sent: unknown;

  beforeAll(async () => {
    server = createServer((_, response) => {
      response.end(JSON.stringify({ key_fingerprint: 'k', erasures: [sent], next_cursor: null }));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    region = { name: 'b', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  });
  afterAll(async () => {
    await other.onModuleDestroy();
    server.close();
  });

  it.each<[string, Record<string, unknown>]>([
    ['a person', {}],
    ['the longest user id', { id_bytes: 1_020 }],
    ['a time before 1970', { erased_at: -1 }],
  ])('is taken with %s', async (_, more) => {
    sent = erasure(more);
    expect((await other.erasures(region, null, signal)).erasures).toEqual([sent]);
  });

  // What is taken stands in our own log, and goes from there to further regions.
  it.each<[string, Record<string, unknown>]>([
    ['who is no hash', { person: 'zz' }],
    ['whose hash is short', { person: PERSON.slice(2) }],
    ['whose hash is long', { person: `${PERSON}00` }],
    ['whose hash has other letters', { person: PERSON.toUpperCase() }],
    ['whose id has no length', { id_bytes: 0 }],
    ['whose id is longer than any', { id_bytes: 1_021 }],
    ['erased after the year 9999', { erased_at: 253_402_300_800_000 }],
    ['erased before the year 1', { erased_at: -62_135_596_800_001 }],
    ['erased at no time that PostgreSQL knows', { erased_at: 9_007_199_254_740_991 }],
  ])('is not understood with a person %s', async (_, more) => {
    sent = erasure(more);
    await expect(other.erasures(region, null, signal)).rejects.toMatchObject({ code: 'not_understood' });
  });
});

describe('an answer of another region with more in it than any region sends', () => {
  const other = new HttpOtherRegion({ currentOf: () => null } as unknown as Config, new Clock());
  const { signal } = new AbortController();

  it('is not understood', async () => {
    const server = createServer((_, response) => response.end(`{"erasures":[${'{},'.repeat(300_000)}{}]}`));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const region = { name: 'b', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    const refused = {
      code: 'not_understood',
      message: expect.stringContaining('more than any region sends') as string,
    };
    await expect(other.erasures(region, null, signal)).rejects.toMatchObject(refused);
    await expect(other.facts(region, { cursor: null, since: null }, signal)).rejects.toMatchObject(refused);
    await other.onModuleDestroy();
    server.close();
  });
});

/** Whatever page is asked for, the one behind it is said to be `again`. */
describe('another region whose cursor does not go on', () => {
  const other = new HttpOtherRegion({ currentOf: () => null } as unknown as Config, new Clock());
  const { signal } = new AbortController();
  let server: Server;
  let region: { name: string; url: string };

  beforeAll(async () => {
    server = createServer(({ url = '' }, response) => {
      const page = url.startsWith('/regions/facts') ? answeredPage() : ERASURES;
      response.end(JSON.stringify({ ...page, next_cursor: 'again' }));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    region = { name: 'b', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  });
  afterAll(async () => {
    await other.onModuleDestroy();
    server.close();
  });

  it('is followed to the next page, and not from there to the same one', async () => {
    expect((await other.facts(region, { cursor: 'first', since: null }, signal)).next_cursor).toBe('again');
    expect((await other.erasures(region, null, signal)).next_cursor).toBe('again');
    const refused = { code: 'not_understood' };
    await expect(other.facts(region, { cursor: 'again', since: null }, signal)).rejects.toMatchObject(refused);
    await expect(other.erasures(region, 'again', signal)).rejects.toMatchObject(refused);
  });
});
