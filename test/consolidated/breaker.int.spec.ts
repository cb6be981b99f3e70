import { ask, StandIns, startOrchestrator, type TestOrchestrator } from '../support/orchestrator.js';
import { eventually } from '../support/waiting.js';

const OPENS_AFTER = 10;
const BREAKER_MS = 5_000;
const CROWD = 20;

describe('the breaker of a service', () => {
  let standIns: StandIns;
  let orchestrator: TestOrchestrator;
  /** The breaker goes by the wall clock: epoch milliseconds. */
  let time = Date.now();

  beforeEach(async () => {
    standIns = await StandIns.start();
    jest.spyOn(Date, 'now').mockImplementation(() => time);
    const settings = { MAX_RETRIES: 1, UPSTREAM_BREAKER_MS: BREAKER_MS };
    orchestrator = await startOrchestrator({ ...standIns.settings, ...settings });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await orchestrator.close();
    await standIns.stop();
  });

  const askThird = async () => (await ask(`${orchestrator.url}/api/dashboard/consolidated`)).body.sources[2]!;
  const state = async () => {
    const text = await (await fetch(`${orchestrator.url}/internal/metrics`)).text();
    return /monitoreo_upstream_breaker_state\{upstream="microservice3",state="(\w+)"\} 1/.exec(text)?.[1];
  };

  it('opens after 10 failures; then one call tries it, and closes it or leaves it open', async () => {
    const third = standIns.services[2]!;
    third.fault = 'error';
    expect(await state()).toBe('closed');
    for (let n = 0; n < OPENS_AFTER; n += 1) expect(await askThird()).toMatchObject({ reason: 'status', attempts: 1 });
    expect(await state()).toBe('open');
    expect(await askThird()).toMatchObject({ status: 'error', reason: 'breaker_open', attempts: 0 });
    expect(standIns.counts()[2]).toBe(OPENS_AFTER);

    // The one that tries it is answered last; who comes meanwhile is told at once.
    const crowd = async () => {
      let answer = () => {};
      third.held = new Promise<void>((resolve) => (answer = resolve));
      let told = 0;
      const asked = Array.from({ length: CROWD }, () => askThird().finally(() => (told += 1)));
      await eventually(() => told >= CROWD - 1, { within: 10_000, what: 'all but one are told' });
      answer();
      return (await Promise.all(asked)).filter(({ attempts }) => attempts > 0);
    };
    time += BREAKER_MS - 1;
    expect(await crowd()).toEqual([]);
    time += 1;
    expect(await crowd()).toMatchObject([{ reason: 'status', attempts: 1 }]);
    expect(standIns.counts()[2]).toBe(1);
    expect(await state()).toBe('open');

    third.fault = null;
    time += BREAKER_MS;
    expect(await crowd()).toMatchObject([{ status: 'ok', attempts: 1 }]);
    expect(standIns.counts()[2]).toBe(1);
    expect(await state()).toBe('closed');
    expect(await askThird()).toMatchObject({ status: 'ok', attempts: 1 });
  });

  it('takes no refusal of a caller for a failure', async () => {
    const first = standIns.services[0]!;
    first.fault = 'rate_limited';
    const askFirst = async () => (await ask(`${orchestrator.url}/api/dashboard/consolidated`)).body.sources[0];
    for (let n = 0; n <= OPENS_AFTER; n += 1) {
      expect(await askFirst()).toMatchObject({ reason: 'rate_limited', attempts: 1 });
    }
    first.fault = null;
    expect(await askFirst()).toMatchObject({ status: 'ok', attempts: 1 });
  });
});
