import { Housekeeping } from '../../../src/platform/housekeeping/housekeeping.js';
import { Health } from '../../../src/platform/observability/health.js';
import type { Logger } from '../../../src/platform/observability/logger.js';
import type { Database } from '../../../src/platform/postgres/database.js';

const MINUTE = 60_000;

/** Work that ends when the test says so. */
function work() {
  const calls: { end: () => void; fail: (error: Error) => void; stopping: AbortSignal }[] = [];
  const run = (stopping: AbortSignal) =>
    new Promise<void>((resolve, reject) => calls.push({ end: resolve, fail: reject, stopping }));
  return { calls, run };
}

describe('housekeeping', () => {
  let connect: () => void;
  let health: Health;
  let housekeeping: Housekeeping;
  let warnings: string[];
  let log: string[];

  beforeEach(() => {
    jest.useFakeTimers();
    warnings = [];
    log = [];
    const connected = new Promise<void>((resolve) => (connect = resolve));
    health = new Health({ now: () => 0 });
    housekeeping = new Housekeeping({ connect: () => connected } as Database, health, {
      warn: (_fields: object, message: string) => void warnings.push(message),
    } as unknown as Logger);
  });
  afterEach(async () => {
    await housekeeping.onModuleDestroy();
    jest.useRealTimers();
  });

  const register = (name: string, everyMs: number, run: (stopping: AbortSignal) => Promise<void> = async () => {}) =>
    housekeeping.register({
      name,
      everyMs,
      run: (stopping) => {
        log.push(name);
        return run(stopping);
      },
    });
  /** Also what is due at once runs in this. */
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  const start = async () => {
    connect();
    housekeeping.onApplicationBootstrap();
    await pass(0);
  };

  it('runs every duty at start, in the order of registration, then each at its own pace', async () => {
    register('often', MINUTE);
    register('seldom', 2.5 * MINUTE);
    await start();
    expect(log).toEqual(['often', 'seldom']);
    await pass(3 * MINUTE);
    expect(log).toEqual(['often', 'seldom', 'often', 'often', 'seldom', 'often']);
  });

  it('runs nothing before PostgreSQL is connected', async () => {
    register('duty', MINUTE);
    housekeeping.onApplicationBootstrap();
    await pass(10 * MINUTE);
    expect(log).toEqual([]);
    connect();
    await pass(0);
    // What came due meanwhile is one turn, not ten.
    expect(log).toEqual(['duty']);
  });

  it('stops at once while PostgreSQL is away', async () => {
    register('duty', MINUTE);
    housekeeping.onApplicationBootstrap();
    await housekeeping.onModuleDestroy();
    connect();
    await pass(MINUTE);
    expect(log).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('one that fails is logged, keeps the others from nothing, and is tried again at its next turn', async () => {
    let failures = 1;
    register('failing', MINUTE, async () => {
      await Promise.resolve();
      if (failures-- > 0) throw new Error('a long query is in the way');
    });
    register('throwing', MINUTE, () => {
      throw new Error('before it began');
    });
    register('other', MINUTE);
    await start();
    expect(log).toEqual(['failing', 'throwing', 'other']);
    expect(warnings).toEqual(['failing failed, tried again in 60 s', 'throwing failed, tried again in 60 s']);
    await pass(MINUTE);
    expect(log.slice(3)).toEqual(['failing', 'throwing', 'other']);
    expect(warnings.slice(2)).toEqual(['throwing failed, tried again in 60 s']);
  });

  it('one runs at a time, and a turn that comes due while the one before runs is left out', async () => {
    const { calls, run } = work();
    register('long', MINUTE, run);
    register('other', MINUTE);
    await start();
    await pass(5 * MINUTE);
    expect(log).toEqual(['long']);
    calls[0]!.end();
    await pass(0);
    expect(log).toEqual(['long', 'other']);
    await pass(MINUTE);
    expect(log).toEqual(['long', 'other', 'long']);
    calls[1]!.end();
  });

  it('a round is every duty once, after the round before, and waits for the last one', async () => {
    const { calls, run } = work();
    register('long', MINUTE, run);
    register('other', MINUTE);
    connect();
    const ended: string[] = [];
    const rounds = ['first', 'second'].map((name) => housekeeping.round().then(() => ended.push(name)));
    await pass(0);
    expect([log, ended]).toEqual([['long'], []]);
    calls[0]!.end();
    await pass(0);
    expect([log, ended]).toEqual([['long', 'other', 'long'], ['first']]);
    calls[1]!.end();
    await Promise.all(rounds);
    expect(log).toEqual(['long', 'other', 'long', 'other']);
  });

  it.each([
    ['destroyed', () => {}],
    ['drained, before any module is destroyed', () => health.drain()],
  ])('once it is %s the duty that runs is told and waited for, and no other begins', async (_, drain) => {
    const { calls, run } = work();
    register('long', MINUTE, run);
    register('other', MINUTE);
    await start();
    expect(calls[0]!.stopping.aborted).toBe(false);
    drain();
    let stopped = false;
    expect(calls[0]!.stopping.aborted).toBe(health.draining.aborted);
    const destroyed = housekeeping.onModuleDestroy().then(() => (stopped = true));
    expect(calls[0]!.stopping.aborted).toBe(true);
    await pass(10 * MINUTE);
    expect(stopped).toBe(false);
    calls[0]!.fail(calls[0]!.stopping.reason as Error);
    await destroyed;
    expect(log).toEqual(['long']);
    expect(warnings).toEqual([]);
  });
});
