import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { AnySettings } from '../support/application.js';
import { ask, StandIns, startOrchestrator, type TestOrchestrator } from '../support/orchestrator.js';

const CONSOLIDATED = '/api/dashboard/consolidated';
const JSON_TYPE = { 'content-type': 'application/json' };

interface Lists {
  readonly users: unknown[];
  readonly scraped_accounts: { readonly id: number }[];
  readonly metrics: { readonly items: { readonly postId: string }[]; readonly count: number };
  readonly dashboard_data: unknown[];
  readonly next_cursor: string | null;
  readonly metadata: unknown;
}

describe('GET /api/dashboard/consolidated', () => {
  let standIns: StandIns;
  let orchestrator: TestOrchestrator;
  let odd: Server | null = null;

  beforeEach(async () => {
    standIns = await StandIns.start();
  });
  afterEach(async () => {
    await orchestrator.close();
    await standIns.stop();
    if (odd) {
      const closed = once(odd, 'close');
      odd.close().closeAllConnections();
      await closed;
      odd = null;
    }
  });

  const start = async (settings: AnySettings = {}) => {
    orchestrator = await startOrchestrator({ ...standIns.settings, RETRY_DELAY: 0.01, ...settings });
  };
  /** In place of one of the stand-ins. */
  const oddService = async (serve: RequestListener) => {
    odd = createServer(serve).listen(0, '127.0.0.1');
    await once(odd, 'listening');
    return `http://127.0.0.1:${(odd.address() as AddressInfo).port}`;
  };
  const get = async (query: string) => (await ask(orchestrator.url + CONSOLIDATED + query)).body as unknown as Lists;

  it('cuts each list, leads through them, and counts all', async () => {
    await start();
    const whole = await get('');
    const pages: Lists[] = [];
    for (let cursor: string | null = ''; cursor !== null; cursor = pages.at(-1)!.next_cursor) {
      pages.push(await get(`?limit=40${cursor === '' ? '' : `&cursor=${cursor}`}`));
    }
    expect(pages.map(({ metrics }) => metrics.items.length)).toEqual([40, 40, 40, 30]);
    expect(pages.map(({ users }) => users.length)).toEqual([10, 0, 0, 0]);
    expect(pages.flatMap(({ users }) => users)).toEqual(whole.users);
    expect(pages.flatMap(({ metrics }) => metrics.items)).toEqual(whole.metrics.items);
    expect(pages.flatMap(({ dashboard_data }) => dashboard_data)).toEqual(whole.dashboard_data);
    for (const { metadata, metrics } of pages) {
      expect(metadata).toMatchObject({ total_users: 10, total_accounts: 25, total_posts_analyzed: 150 });
      expect(metrics.count).toBe(150);
    }
    const response = await fetch(`${orchestrator.url}${CONSOLIDATED}?limit=149`);
    expect(response.headers.get('link')).toMatch(
      /^<\/api\/dashboard\/consolidated\?limit=149&cursor=[\w-]+>; rel="next"$/,
    );
  });

  it.each(['limit=0', 'limit=1001', 'limit=x', 'cursor=x', 'user_id=', 'user_id=1&user_id=2', 'user_id[]=1'])(
    '%s is refused',
    async (query) => {
      await start();
      expect((await ask(`${orchestrator.url}${CONSOLIDATED}?${query}`)).status).toBe(400);
      expect(standIns.counts()).toEqual([0, 0, 0, 0]);
    },
  );

  it('without paths for a user it asks for everybody, and filters', async () => {
    await start({ MICROSERVICE1_USER_PATH: '', MICROSERVICE2_USER_ACCOUNTS_PATH: '' });
    const { users, scraped_accounts } = await get('?user_id=2');
    expect(users).toMatchObject([{ id: 2 }]);
    expect(scraped_accounts.map(({ id }) => id)).toEqual([6, 7, 8, 9]);
    expect(standIns.asked.slice(0, 2).map(([asked]) => asked!.path)).toEqual([
      '/api/v1/auth/users',
      '/scrapedAccounts',
    ]);
  });

  it('an address may have a path of its own, and a service may pack its answer', async () => {
    const paths: string[] = [];
    const url = await oddService(({ url: path = '' }, response) => {
      paths.push(path);
      response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end(gzipSync('{"content":[{"id":"x"}]}'));
    });
    await start({ MICROSERVICE1_URL: `${url}/behind/` });
    expect((await get('')).users).toEqual([{ id: 'x', email: null, role: null, created_at: null }]);
    expect(paths).toEqual(['/behind/api/v1/auth/users']);
  });

  it('leaves out items of the wrong shape, and says so', async () => {
    const url = await oddService((_, response) => {
      response.writeHead(200, JSON_TYPE).end('[{"id":1},{"email":"none"},{"id":2,"role":7}]');
    });
    await start({ MICROSERVICE1_URL: url });
    const { body } = await ask(orchestrator.url + CONSOLIDATED);
    expect(body.users).toMatchObject([{ id: 1 }]);
    expect(body.sources[0]).toMatchObject({
      status: 'ok',
      reason: 'wrong_shape',
      rejected_items: 2,
      detail: 'item 1: id must be string, and is absent',
    });
  });

  it('takes a part of a list for no list', async () => {
    const url = await oddService((_, response) => response.writeHead(206, JSON_TYPE).end('[{"id":1}]'));
    await start({ MICROSERVICE1_URL: url });
    const { body } = await ask(orchestrator.url + CONSOLIDATED);
    expect(body.users).toEqual([]);
    expect(body.sources[0]).toMatchObject({ status: 'error', reason: 'status', detail: 'status 206', attempts: 1 });
  });

  it('asks again after a failure, not before Retry-After', async () => {
    const times: number[] = [];
    const url = await oddService((_, response) => {
      times.push(performance.now());
      if (times.length === 1) response.writeHead(503, { 'retry-after': '1' }).end();
      else response.writeHead(200, JSON_TYPE).end('[]');
    });
    await start({ MICROSERVICE1_URL: url });
    const { body } = await ask(orchestrator.url + CONSOLIDATED);
    expect(body.sources[0]).toMatchObject({ status: 'no_data', reason: null, attempts: 2 });
    // Timers may be a millisecond early.
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(999);
  });

  it('a wait that would end after the deadline is not begun', async () => {
    standIns.services[0]!.fault = 'rate_limited'; // for 30 s
    await start({ REQUEST_TIMEOUT: 25 });
    const { body, ms } = await ask(orchestrator.url + CONSOLIDATED);
    expect(body.sources[0]).toMatchObject({ reason: 'rate_limited', attempts: 1 });
    expect(ms).toBeLessThan(20_000);
  });

  it('404 is nothing where it is about a user, and a failure where it is about the address', async () => {
    await start({ MICROSERVICE2_ACCOUNTS_PATH: '/elsewhere' });
    const { body } = await ask(orchestrator.url + CONSOLIDATED);
    expect(body.sources[1]).toMatchObject({ status: 'error', reason: 'status', attempts: 1, detail: 'status 404' });
  });

  it('who is not let in is told so, and it is no fault of the service', async () => {
    const url = await oddService(({ headers }, response) => {
      response.writeHead(headers.authorization === 'Bearer good' ? 200 : 401, JSON_TYPE).end('[{"id":1}]');
    });
    await start({ MICROSERVICE1_URL: url });
    for (let n = 0; n < 15; n += 1) {
      const { sources } = (await ask(orchestrator.url + CONSOLIDATED)).body;
      expect(sources[0]).toMatchObject({ reason: 'status', detail: 'status 401', attempts: 1 });
    }
    const { sources } = (await ask(orchestrator.url + CONSOLIDATED, { authorization: 'Bearer good' })).body;
    expect(sources[0]).toMatchObject({ status: 'ok' });
    expect((await ask(`${orchestrator.url}/api/health/services`)).body).toMatchObject({ microservice1: 'healthy' });
  });

  it.each<[string, (port: string) => AnySettings]>([
    [
      'named',
      (port) => ({ PULSAR_SERVICE_URL: 'pulsar://127.0.0.1:6650', PULSAR_WEB_URL: `http://localhost:${port}` }),
    ],
    ['over WebSocket', (port) => ({ PULSAR_SERVICE_URL: `ws://localhost:${port}` })],
  ])('our own broker is no service: %s', async (_, broker) => {
    await start(broker(new URL(standIns.settings.MICROSERVICE4_URL).port));
    const { body, status } = await ask(orchestrator.url + CONSOLIDATED);
    const detail = 'our own Pulsar answers at this address: set MICROSERVICE4_URL';
    expect([status, body.sources[3]]).toMatchObject([
      200,
      { status: 'error', reason: 'own_broker', detail, attempts: 0 },
    ]);
    expect((await ask(`${orchestrator.url}/api/health/services`)).body).toMatchObject({
      microservice3: 'healthy',
      microservice4: 'unhealthy',
    });
    expect(standIns.counts()[3]).toBe(0);
  });

  it('shows attempts, states and times at /internal/metrics', async () => {
    standIns.services[1]!.fault = 'junk';
    await start();
    await get('');
    const text = await (await fetch(`${orchestrator.url}/internal/metrics`)).text();
    for (const line of [
      'monitoreo_upstream_attempts_total{upstream="microservice1",outcome="ok"} 1',
      'monitoreo_upstream_attempts_total{upstream="microservice2",outcome="not_json"} 1',
      'monitoreo_upstream_attempt_duration_seconds_count{upstream="microservice2"} 1',
      'monitoreo_upstream_call_duration_seconds_count{upstream="microservice2",outcome="not_json"} 1',
      'monitoreo_upstream_breaker_state{upstream="microservice4",state="closed"} 1',
      'monitoreo_upstream_retries_left{upstream="microservice3"} 10',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });
});
