import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../../src/platform/config/config.js';
import { HttpOtherRegion } from '../../src/regions/infrastructure/http/http-other-region.js';
import { answeredPage } from './answered-page.js';

const ERASURES = { key_fingerprint: null, erasures: [] };

/** Whatever page is asked for, the one behind it is said to be `again`. */
describe('another region whose cursor does not go on', () => {
  const other = new HttpOtherRegion({ currentOf: () => null } as unknown as Config);
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
