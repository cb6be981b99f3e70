import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../../src/platform/config/config.js';
import { FACT_COLUMNS } from '../../src/regions/domain/fact-row.js';
import { HttpOtherRegion } from '../../src/regions/infrastructure/http/http-other-region.js';

const FACTS = {
  region: 'b',
  cluster: 'b',
  topics: { click: 'clicks', conversion: 'conversions', sale: 'sales' },
  fingerprint_version: 2,
  system: '7576138790123456789',
  timeline: '00000001',
  restarted: false,
  as_of: '2025-11-22T12:00:00.000Z',
  held_back_ms: 0,
  held_back_by: null,
  dead_letters: null,
  watermark: 'w',
  columns: FACT_COLUMNS,
  facts: [],
  conflicts: [],
};
const ERASURES = { key_fingerprint: null, erasures: [] };

/** Whatever page is asked for, the one behind it is said to be `again`. */
describe('another region whose cursor does not go on', () => {
  const other = new HttpOtherRegion({ currentOf: () => null } as unknown as Config);
  const { signal } = new AbortController();
  let server: Server;
  let region: { name: string; url: string };

  beforeAll(async () => {
    server = createServer(({ url = '' }, response) => {
      const page = url.startsWith('/regions/facts') ? FACTS : ERASURES;
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
