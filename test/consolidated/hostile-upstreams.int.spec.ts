import { monitorEventLoopDelay } from 'node:perf_hooks';
import { FAULTS, type Fault } from '../../src/cli/demo/upstreams/faults.js';
import { sampleData } from '../../src/cli/demo/upstreams/sample-data.js';
import { ask, StandIns, startOrchestrator, type TestOrchestrator } from '../support/orchestrator.js';
import { eventually } from '../support/waiting.js';

/** The words that are said of each. */
const REASONS: Readonly<Record<Fault, string>> = {
  refuse: 'refused',
  hang: 'timeout',
  error: 'status',
  junk: 'not_json',
  one_byte_a_second: 'timeout',
  gigabyte: 'too_large',
  redirect: 'redirect',
  wrong_type: 'not_json',
  gzip_bomb: 'too_large',
  slow_headers: 'timeout',
  half_open: 'timeout',
  rate_limited: 'rate_limited',
};
const SETS = Array.from({ length: 16 }, (_, set) => set);
const isDown = (set: number, service: number) => (set & (1 << service)) !== 0;
const TIMED_OUT = FAULTS.filter((fault) => REASONS[fault] === 'timeout');
/** Long enough for those that are well, on a busy machine too; short, because these faults use all of it. */
const SHORT_DEADLINE_S = 3;
/** The others end by themselves. */
const LONG_DEADLINE_S = 20;
const LOOP_RESOLUTION_MS = 5;
const ATTEMPTS = 3;
/** 32 bodies of a gigabyte arrive in each of two cases. */
const MOST_GROWTH_BYTES = 300_000_000;

describe('services that misbehave', () => {
  let standIns: StandIns;
  let orchestrator: TestOrchestrator;

  beforeEach(async () => {
    const { posts, ...data } = sampleData(1);
    standIns = await StandIns.start({ ...data, posts: posts.slice(0, 10) });
  });
  const start = async (deadlineS: number, attempts = ATTEMPTS) => {
    const settings = { REQUEST_TIMEOUT: deadlineS, RETRY_DELAY: 0.01, MAX_RETRIES: attempts, UPSTREAM_MAX_MB: 1 };
    orchestrator = await startOrchestrator({ ...standIns.settings, ...settings });
    await ask(`${orchestrator.url}/api/dashboard/consolidated`); // the first of a process takes longest
    standIns.counts();
  };
  afterEach(async () => {
    await orchestrator.close();
    await standIns.stop();
  });

  /** Which of the services does it to which question: the question's id is the number of the set. */
  const misbehave = (fault: Fault) =>
    standIns.asked.forEach((asked, service) => {
      asked.push = (...all) => {
        const set = Number(all[0]!.headers['x-request-id']);
        standIns.services[service]!.fault = isDown(set, service) ? fault : null;
        return Array.prototype.push.apply(asked, all);
      };
    });

  it.each(FAULTS)('%s: each of the 16 sets of services that do it leaves what the others have', async (fault) => {
    const deadlineS = TIMED_OUT.includes(fault) ? SHORT_DEADLINE_S : LONG_DEADLINE_S;
    // One attempt each: eight failures in a row open no breaker.
    await start(deadlineS, 1);
    misbehave(fault);
    const before = process.memoryUsage().rss;
    const delays = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
    delays.enable();
    const answers = await Promise.all(
      SETS.map((set) => ask(`${orchestrator.url}/api/dashboard/consolidated`, { 'x-request-id': String(set) })),
    );
    // What came late at the very end is told by the next of its readings.
    const { count: readings } = delays;
    await eventually(() => delays.count > readings, { within: 10_000, what: 'the last delay is told' });
    delays.disable();
    expect(process.memoryUsage().rss - before).toBeLessThan(MOST_GROWTH_BYTES);

    // For so long this process, services and clients in one, was kept from doing what was due.
    const lateMs = (delays.mean / 1e6 - LOOP_RESOLUTION_MS) * delays.count;
    const longestMs = deadlineS * 1000 + 100 + lateMs;
    const reason = REASONS[fault];
    for (const [set, { status, ms, body }] of answers.entries()) {
      const all = set === SETS.length - 1;
      expect([set, status]).toEqual([set, all ? (reason === 'timeout' ? 504 : 502) : 200]);
      expect(ms).toBeLessThan(longestMs);
      const down = [0, 1, 2, 3].map((service) => isDown(set, service));
      expect([set, Object.values(body.services_status)]).toEqual([set, down.map((is) => (is ? 'error' : 'ok'))]);
      expect([set, body.sources.map((source) => source.reason)]).toEqual([set, down.map((is) => (is ? reason : null))]);
      expect([set, body.sources.map(({ attempts }) => attempts)]).toEqual([set, [1, 1, 1, 1]]);
      if (all)
        expect(body).toMatchObject({ status, code: reason === 'timeout' ? 'upstreams_timeout' : 'upstreams_failed' });
    }
    expect(standIns.counts()).toEqual([16, 16, 16, 16]);
  });

  it('a service that goes on failing is asked at most 1.1 times as often as we are', async () => {
    await start(LONG_DEADLINE_S);
    standIns.services[2]!.fault = 'error';
    const calls = 100;
    for (let n = 0; n < calls; n += 1) {
      expect((await ask(`${orchestrator.url}/api/dashboard/summary`)).status).toBe(200);
    }
    const [, , failing, well] = standIns.counts();
    expect(failing).toBeLessThanOrEqual(1.1 * calls);
    expect(well).toBe(calls);
  });

  it('a service that is away: its port is closed', async () => {
    await start(LONG_DEADLINE_S);
    await standIns.services[0]!.stop();
    const { status, body } = await ask(`${orchestrator.url}/api/dashboard/consolidated`);
    expect([status, body.sources[0]]).toMatchObject([200, { status: 'error', reason: 'refused', attempts: ATTEMPTS }]);
  });

  it('health names each state, and leaves /health alone', async () => {
    await start(LONG_DEADLINE_S);
    standIns.services[0]!.fault = 'error';
    standIns.services[1]!.fault = 'junk';
    standIns.services[2]!.fault = 'half_open';
    const { status, body } = await ask(`${orchestrator.url}/api/health/services`);
    expect([status, body]).toEqual([
      200,
      { microservice1: 'unhealthy', microservice2: 'unhealthy', microservice3: 'timeout', microservice4: 'healthy' },
    ]);
    expect(standIns.counts()).toEqual([1, 1, 1, 1]);
    expect(await (await fetch(`${orchestrator.url}/health`)).json()).toMatchObject({ status: 'healthy' });
  });
});
