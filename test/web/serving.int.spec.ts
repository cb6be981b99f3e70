import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { useService } from '../support/used-service.js';

interface Size {
  readonly what: string;
  readonly kb: number;
  readonly budget: number;
}

describe('serving the pages', () => {
  const application = useService();

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(application.url + path, { headers, redirect: 'manual' });

  it('GET / says that the service is alive; a browser is sent to the dashboard', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await (await get('/')).json()).toMatchObject({ status: 'ok', service: 'monitoreo-servicio', version });
    const browser = await get('/', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    expect([browser.status, browser.headers.get('location')]).toEqual([302, '/dashboard']);
    const program = await get('/', { accept: 'application/json, text/html' });
    expect(program.status).toBe(200);
  });

  it.each(['/dashboard', '/dashboard/live', '/dashboard/users/a%2Fb', '/secret-heatmap', '/clicker'])(
    '%s is a page without inline script, and says what it may load',
    async (path) => {
      const response = await get(path);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      const policy = response.headers.get('content-security-policy');
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(policy).not.toContain('unsafe');
      const html = await response.text();
      const scripts = [...html.matchAll(/<script([^>]*)>([^<]*)<\/script>/g)];
      expect(scripts.length).toBeGreaterThan(0);
      for (const [, attributes, text] of scripts)
        expect([attributes!.includes('src="/assets/'), text]).toEqual([true, '']);
      expect(html).not.toMatch(/ on\w+=|style=/);
    },
  );

  it('a page is asked for anew, and 304 while it is the same; packed as the browser likes', async () => {
    const first = await get('/dashboard', { 'accept-encoding': 'identity' });
    expect([first.headers.get('cache-control'), first.headers.get('content-encoding')]).toEqual(['no-cache', null]);
    const again = await get('/dashboard', { 'if-none-match': first.headers.get('etag')! });
    expect(again.status).toBe(304);
    for (const encoding of ['br', 'gzip']) {
      const packed = await get('/dashboard', { 'accept-encoding': encoding });
      expect([packed.headers.get('content-encoding'), await packed.text()]).toEqual([
        encoding,
        await (await get('/dashboard')).text(),
      ]);
    }
  });

  it('what it loads is kept for ever, by a name that changes with it', async () => {
    const html = await (await get('/dashboard')).text();
    const files = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) {
      const response = await get(file, { 'accept-encoding': 'br' });
      expect([file, response.status, response.headers.get('content-encoding')]).toEqual([file, 200, 'br']);
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    }
    expect((await get('/assets/none.js')).status).toBe(404);
    const outside = await get('/assets/..%2f..%2f..%2fpackage.json');
    expect(outside.status).toBeGreaterThanOrEqual(400);
    expect(((await outside.json()) as { detail: string }).detail).toContain('outside of what is served');
  });

  it.each(['tracker.js', 'tracker.mjs'])('%s is for pages of every origin, under a name for ever too', async (name) => {
    const newest = await get(`/${name}`, { 'accept-encoding': 'br' });
    const address = newest.headers.get('content-location')!;
    expect(address).toMatch(/^\/tracker\/tracker-[\w-]{12}\.m?js$/);
    const same = await get(address, { 'accept-encoding': 'gzip' });
    for (const answer of [newest, same]) {
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'text/javascript; charset=utf-8',
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
      });
    }
    expect([newest, same].map(({ headers }) => headers.get('content-encoding'))).toEqual(['br', 'gzip']);
    expect([newest, same].map(({ headers }) => headers.get('cache-control'))).toEqual([
      'public, max-age=3600',
      'public, max-age=31536000, immutable',
    ]);
    expect(await newest.text()).toBe(await same.text());
    expect((await get(`/${name}`, { 'if-none-match': newest.headers.get('etag')! })).status).toBe(304);
    expect((await get('/tracker/none.js')).status).toBe(404);
  });

  it('keeps the tracker, the client included, within 5 kB gzipped', async () => {
    for (const name of ['tracker.js', 'tracker.mjs']) {
      const bytes = Buffer.from(await (await get(`/${name}`)).arrayBuffer());
      expect(gzipSync(bytes, { level: 9 }).length).toBeLessThanOrEqual(5_000);
      expect(bytes.length).toBeGreaterThan(1_000);
    }
  });

  it('keeps to the budgets', () => {
    const sizes = JSON.parse(readFileSync('dist/web/pages/sizes.json', 'utf8')) as Size[];
    expect(sizes.length).toBeGreaterThan(6);
    expect(sizes.find(({ what }) => what === 'shell and overview')?.budget).toBe(70);
    expect(sizes.filter(({ kb, budget }) => kb > budget || kb <= 0 || budget > 70)).toEqual([]);
  });
});
