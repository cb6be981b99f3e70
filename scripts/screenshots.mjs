import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser } from './browser.mjs';
import { prepare, ROOT } from './prepare.mjs';
import { shopEvents } from './screenshot-events.mjs';
import { keepMoving, past } from './screenshot-crowd.mjs';
import { makeAlerts, mergeRegions } from './screenshot-operating.mjs';

const WIDTHS = { phone: 390, wide: 1440 };
const THEMES = ['light', 'dark'];
/** A machine may be busy with other things. */
const PATIENCE_MS = 120_000;
/** A broker takes up to 20 s on an idle machine. */
const STARTED_MS = 600_000;
const USER = 'ana';
const OTHER_REGION = 'lisbon';

const HELP = `npm run screenshots [-- <folder>]
Every view in both themes, 390 and 1440 px wide, without data, with data and with the broker away, of a service of its own;
into the folder, else into .data/screenshots. It takes two to five minutes.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean', default: false } },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
prepare();
const out = positionals[0] ?? join(ROOT, '.data/screenshots');
mkdirSync(out, { recursive: true });
const { browser, missing } = await launchBrowser();
if (browser === null) throw new Error(missing);
const folder = makeFolder();
const nowhere = { PULSAR_SERVICE_URL: `pulsar://127.0.0.1:${await freePort()}` };
const other = await startService({ ...nowhere, REGION: OTHER_REGION, PULSAR_CLUSTER: OTHER_REGION }, 'other');
const regions = { REGION: 'madrid', REGIONS: `${OTHER_REGION}=${other.url}` };
let service = await startService(regions);
try {
  await shoot('empty', { ...views(), 'heat-map': '/secret-heatmap' });
  await fill();
  const rule = await makeAlerts(json, until);
  await mergeRegions(json, (path, body) => json(path, body, 'POST', other), OTHER_REGION, until);
  const stopMoving = keepMoving(json);
  await shoot('data', views(await firstLetter(), rule));
  await stopMoving();
  await service.stop();
  service = await startService({ ...regions, ...nowhere });
  await shoot('away', views(await firstLetter(), rule));
} finally {
  await browser.close();
  await service.stop();
  await other.stop();
  rmSync(folder, { recursive: true, force: true });
}

function views(letter = '', rule = 'new') {
  return {
    overview: '/dashboard',
    live: '/dashboard/live',
    events: '/dashboard/events',
    user: `/dashboard/users/${USER}`,
    funnel: '/dashboard/funnel?steps=view%40%2F,view%40%2Falbums,view%40%2Fcart,sale',
    paths: '/dashboard/paths?page_url=%2Falbums',
    retention: '/dashboard/retention',
    'dead-letters': `/dashboard/dead-letters${letter && `/${letter}`}`,
    services: '/dashboard/services',
    system: '/dashboard/system',
    alerts: '/dashboard/alerts',
    'alert-rule': `/dashboard/alerts/${rule}`,
    'report-day': '/dashboard/reports?report=daily',
    'report-month': '/dashboard/reports?report=monthly',
    'heat-map': '/secret-heatmap?device=desktop&page_url=/albums/avengers',
    'heat-map-grid': '/secret-heatmap?layer=grid&page_url=/albums/avengers',
    'heat-map-fixed': '/secret-heatmap?layer=fixed&device=desktop&page_url=/albums/avengers',
    clicker: '/clicker',
  };
}

async function shoot(state, paths) {
  for (const colorScheme of THEMES) {
    for (const [name, width] of Object.entries(WIDTHS)) {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, locale: 'en-US' });
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      for (const [view, path] of Object.entries(paths)) {
        await page.goto(service.url + path);
        await page.waitForSelector('h1', { state: 'attached' });
        await page.waitForTimeout(view === 'live' ? 2500 : 900);
        await page.screenshot({
          path: join(out, `${view}-${state}-${colorScheme}-${name}.png`),
          fullPage: name === 'phone',
        });
      }
      await context.close();
    }
  }
  console.log(`${state}: ${out}`);
}

/** Weeks of a shop, and letters that cannot be recorded. */
async function fill() {
  const now = Date.now();
  const events = [...(await shopEvents(USER, now)), ...past(now, 48)];
  for (let from = 0; from < events.length; from += 1000) {
    await json('/events', { events: events.slice(from, from + 1000) });
  }
  const broken = [
    { url: '/pricing', timestamp: now },
    { user_id: 'u1', url: 'albums' },
    { user_id: 7, url: '/a' },
    { user_id: 'u1', timestamp: '2001-01-01T00:00:00Z' },
    { user_id: 'u1', event_type: 'sale' },
  ];
  await service.publish(broken.map((letter) => JSON.stringify(letter)).concat('{"user_id": "u9", "url": '));
  await until(async () => (await json('/dead-letters/counts')).open >= broken.length, 20_000);
}

async function firstLetter() {
  return (await json('/dead-letters?state=open')).dead_letters[0].id;
}

async function json(path, body, method = 'POST', of = service) {
  const response = await fetch(of.url + path, {
    ...(body && { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** With the jars of this clone: they are 135 MB. */
function makeFolder() {
  const made = mkdtempSync(join(tmpdir(), 'monitoreo-shots-'));
  const jars = join(ROOT, '.data/pulsar-lib');
  if (existsSync(jars)) {
    mkdirSync(join(made, 'data'));
    symlinkSync(jars, join(made, 'data/pulsar-lib'));
  }
  return made;
}

async function startService(more = {}, data = 'data') {
  const port = await freePort();
  // A machine that is busy with pictures is no crowd to turn away.
  const settings = {
    PORT: String(port),
    DATA_DIR: join(folder, data),
    LOG_LEVEL: 'fatal',
    MAX_EVENT_LOOP_DELAY_MS: '0',
  };
  const env = { ...process.env, ...settings, ...more };
  const child = spawn(process.execPath, [join(ROOT, 'dist/main.js')], { cwd: folder, env, stdio: 'inherit' });
  const url = `http://127.0.0.1:${port}`;
  const ready = more.PULSAR_SERVICE_URL ? 'postgresql' : 'pulsar';
  const isReady = async () => (await (await fetch(`${url}/health`)).json()).components[ready].status === 'up';
  try {
    await until(isReady, STARTED_MS);
  } catch (error) {
    await ended(child);
    throw error;
  }
  const running = JSON.parse(readFileSync(join(folder, data, 'running.json'), 'utf8'));
  return {
    url,
    publish: async (payloads) => {
      const { WebSocketBroker } = await import('../dist/platform/pulsar/websocket/websocket-broker.js');
      const log = { debug() {}, info() {}, warn() {}, error() {} };
      const broker = new WebSocketBroker({ webSocketUrl: running.pulsar_web_url.replace('http', 'ws'), log });
      const publisher = broker.createPublisher('clicks');
      await Promise.all(payloads.map((payload) => publisher.publish({ data: Buffer.from(payload) })));
      await broker.close();
    },
    stop: () => ended(child),
  };
}

async function ended(child) {
  child.kill('SIGTERM');
  await new Promise((resolve) => child.once('exit', resolve));
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function until(check, within) {
  const end = Date.now() + within;
  for (;;) {
    if (await check().catch(() => false)) return;
    if (Date.now() > end) throw new Error(`not within ${within} ms: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
