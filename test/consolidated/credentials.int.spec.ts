import { ask, StandIns, startOrchestrator, type TestOrchestrator } from '../support/orchestrator.js';
import { eventually } from '../support/waiting.js';

const CANARY = 'canary-0f6c8f2b9d1e4a77';
const CONSOLIDATED = '/api/dashboard/consolidated';
const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('who asks, and what the services learn of it', () => {
  let standIns: StandIns;
  let orchestrator: TestOrchestrator;

  beforeEach(async () => {
    standIns = await StandIns.start();
    const settings = { API_TOKEN: CANARY, UPSTREAM_CACHE_MS: 60_000 };
    orchestrator = await startOrchestrator({ ...standIns.settings, ...settings });
  });
  afterEach(async () => {
    await orchestrator.close();
    await standIns.stop();
  });

  it('200 who ask the same at once share one question to each service, and so does who asks soon after', async () => {
    for (const service of standIns.services) service.delayMs = 300;
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(orchestrator.url + CONSOLIDATED)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(standIns.counts()).toEqual([1, 1, 1, 1]);
    await ask(`${orchestrator.url}${CONSOLIDATED}?limit=1`);
    await ask(`${orchestrator.url}/api/dashboard/summary`);
    expect(standIns.counts()).toEqual([0, 0, 0, 0]);
    // This asks for a user; the dashboard is never told of one.
    await ask(`${orchestrator.url}/api/dashboard/summary?user_id=1`);
    expect(standIns.counts()).toEqual([1, 1, 1, 0]);
  });

  it('with other credentials nobody shares anything', async () => {
    for (const service of standIns.services) service.delayMs = 100;
    const callers = Array.from({ length: 50 }, (_, n) => `Bearer ${n}`);
    await Promise.all(
      [...callers, ...callers].map((authorization) => ask(orchestrator.url + CONSOLIDATED, { authorization })),
    );
    await ask(orchestrator.url + CONSOLIDATED);
    for (const asked of standIns.asked) {
      expect(asked.map(({ headers }) => headers.authorization).sort()).toEqual([...callers, undefined].sort());
    }
  });

  it('what failed is not kept', async () => {
    standIns.services[1]!.fault = 'junk';
    expect((await ask(orchestrator.url + CONSOLIDATED)).body.services_status.microservice2).toBe('error');
    standIns.services[1]!.fault = null;
    expect((await ask(orchestrator.url + CONSOLIDATED)).body.services_status.microservice2).toBe('ok');
    expect(standIns.counts()).toEqual([1, 2, 1, 1]);
  });

  it('passes on Authorization, X-Request-Id and traceparent, and nothing else of the request', async () => {
    const headers = { authorization: 'Bearer theirs', 'x-request-id': 'r-1', traceparent: TRACE, cookie: 'a=b' };
    await ask(orchestrator.url + CONSOLIDATED, { ...headers, 'x-api-token': CANARY, 'user-agent': 'a page' });
    for (const [asked] of standIns.asked) {
      expect(asked!.headers).toMatchObject({
        authorization: 'Bearer theirs',
        'x-request-id': 'r-1',
        traceparent: TRACE,
      });
      const known = [
        'accept',
        'accept-encoding',
        'authorization',
        'connection',
        'content-length',
        'content-type',
        'host',
      ];
      expect(
        Object.keys(asked!.headers)
          .filter((name) => !known.includes(name))
          .sort(),
      ).toEqual(['traceparent', 'x-request-id']);
    }
  });

  it.each<[string, Record<string, string>]>([
    ['Bearer', { authorization: `Bearer ${CANARY}` }],
    ['bare', { authorization: CANARY }],
    ['as a parameter', { authorization: `Token token="${CANARY}"` }],
    ['Basic, as the user', { authorization: `Basic ${Buffer.from(`${CANARY}:`).toString('base64')}` }],
    ['Basic, as the password', { authorization: `Basic ${Buffer.from(`me:${CANARY}`).toString('base64')}` }],
    ['request id', { 'x-request-id': CANARY }],
    ['header of ours', { 'x-api-token': CANARY, 'x-api-key': CANARY }],
    ['trace', { traceparent: CANARY, tracestate: `a=${CANARY}` }],
  ])('our own key reaches no service: %s', async (_, headers) => {
    expect((await ask(orchestrator.url + CONSOLIDATED, headers)).status).toBe(200);
    expect((await ask(`${orchestrator.url}/api/health/services`, headers)).status).toBe(200);
    const told = JSON.stringify(standIns.asked);
    expect(standIns.counts()).toEqual([2, 2, 2, 2]);
    expect(told).not.toContain(CANARY);
    expect(told).not.toContain(Buffer.from(CANARY).toString('base64').slice(0, 20));
    expect(told).not.toContain('me:');
  });

  it.each([CANARY, `%20${CANARY}`, '.', '..'])('user_id=%s is no id', async (userId) => {
    const { status, body } = await ask(`${orchestrator.url}${CONSOLIDATED}?user_id=${userId}`);
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(standIns.counts()).toEqual([0, 0, 0, 0]);
  });

  it('a user_id stays one part of the address', async () => {
    await ask(`${orchestrator.url}${CONSOLIDATED}?user_id=${encodeURIComponent('a/../b?c=d#e 語')}`);
    expect(standIns.asked[0]![0]!.path).toBe('/api/v1/auth/profile/a%2F..%2Fb%3Fc%3Dd%23e%20%E8%AA%9E');
    expect(standIns.asked[2]![0]!.body).toBe(JSON.stringify({ userId: 'a/../b?c=d#e 語' }));
  });

  it('nobody is asked for who has gone', async () => {
    standIns.services[0]!.fault = 'hang';
    const gone = new AbortController();
    const asking = ask(orchestrator.url + CONSOLIDATED, {}, gone.signal);
    await eventually(() => standIns.asked[0]!.length === 1, { within: 10_000, what: 'the service is asked' });
    gone.abort();
    await expect(asking).rejects.toThrow();
    const abandoned = /attempts_total\{upstream="microservice1",outcome="abandoned"\} 1/;
    await eventually(async () => abandoned.test(await (await fetch(`${orchestrator.url}/internal/metrics`)).text()), {
      within: 10_000,
      what: 'the attempt ends',
    });
  });
});
