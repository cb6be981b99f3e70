import { AnswerCache, MAX_KEPT_BYTES } from '../../src/metrics/application/answer-cache.js';
import { metrics } from '../../src/metrics/metrics.slice.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { Overloaded } from '../../src/platform/overloaded.js';
import { TestClock } from '../support/application.js';
import { TEST_TIME } from '../support/events.js';
import { largeSeries } from '../support/large-series.js';
import { eventually } from '../support/waiting.js';

describe('kept answers', () => {
  let clock: TestClock;
  let cache: AnswerCache;

  beforeEach(() => {
    clock = new TestClock(TEST_TIME);
    cache = new AnswerCache(clock, loadConfig([metrics], {}));
  });
  afterEach(() => cache.onModuleDestroy());

  /** An answer that a test ends. */
  const pending = () => {
    let end: (answer: object) => void = () => undefined;
    const answer = new Promise<object>((resolve) => (end = resolve));
    return { answer, end };
  };

  it('take no more than so many bytes, however many different ones are asked for', async () => {
    for (let n = 0; n < 161; n++) {
      await cache.get(['series', n], () => Promise.resolve(largeSeries(100, 40)), { bulky: true });
      expect(cache.keptBytes).toBeLessThanOrEqual(MAX_KEPT_BYTES);
    }
    expect(cache.keptBytes).toBeGreaterThan(MAX_KEPT_BYTES / 2);
  });

  it.each([
    ['small ones', 1000, 1, 1],
    ['large ones', 9, 1440, 40],
    ['long lists', 40, 1, 12_000],
  ])('so many bytes of %s', async (_, answers, points, currencies) => {
    for (let n = 0; n < answers; n++) {
      await cache.get(['other', n], () => Promise.resolve(largeSeries(points, currencies)));
      expect(cache.keptBytes).toBeLessThanOrEqual(MAX_KEPT_BYTES);
    }
    expect(cache.keptBytes).toBeGreaterThan(0);
  });

  it('also of what is put together from others', async () => {
    for (let n = 0; n < 100; n++) {
      const figures = await cache.get(['figures', n], () => Promise.resolve({ n }));
      const section = largeSeries(150, 40);
      const build = () => ({ ...figures, section });
      expect(cache.together(['figures', n], [figures, section], build)).toBe(
        cache.together(['figures', n], [figures, section], build),
      );
      expect(cache.keptBytes).toBeLessThanOrEqual(MAX_KEPT_BYTES);
    }
    const [one, other] = [{}, {}];
    expect(cache.together(['a'], [one], () => ({ one }))).toEqual({ one });
    expect(cache.together(['a'], [other], () => ({ other }))).toEqual({ other });
  });

  it('one above all that may be kept is given and not kept', async () => {
    const compute = jest.fn(() => Promise.resolve({ text: 'x'.repeat(MAX_KEPT_BYTES) }));
    expect((await cache.get(['huge'], compute)).text).toHaveLength(MAX_KEPT_BYTES);
    await cache.get(['small'], () => Promise.resolve({}));
    await cache.get(['huge'], compute);
    expect(compute).toHaveBeenCalledTimes(2);
    expect(cache.keptBytes).toBeLessThan(1000);
  });

  it('leave when they have expired, without being asked for', async () => {
    await cache.get(['one'], () => Promise.resolve(largeSeries(100, 10)));
    await cache.get(['costly'], () => Promise.resolve(largeSeries(100, 10)), { costly: true });
    expect(cache.keptBytes).toBeGreaterThan(0);
    clock.time += 60_000;
    await eventually(() => cache.keptBytes === 0, { within: 5_000, what: 'nothing is kept' });
    // And again, after the sweeping has ended.
    await cache.get(['one'], () => Promise.resolve({ again: true }));
    clock.time += 60_000;
    await eventually(() => cache.keptBytes === 0, { within: 5_000, what: 'nothing is kept' });
  });

  it('few bulky ones are computed at once, and a bounded number waits', async () => {
    const made: (() => void)[] = [];
    let atOnce = 0;
    const compute = async () => {
      atOnce += 1;
      const { answer, end } = pending();
      made.push(() => end({}));
      await answer;
      atOnce -= 1;
      return {};
    };
    const asked = Array.from({ length: 300 }, (_, n) => cache.get(['bulky', n], compute, { bulky: true }));
    const outcomes = Promise.allSettled(asked);
    // Whoever asks for the same waits with it, in no place of its own.
    const same = cache.get(['bulky', 0], compute, { bulky: true });
    let most = 0;
    for (let ended = 0; ended < 202; ended++) {
      await eventually(() => made.length > ended, { within: 5_000, what: 'the next one begins' });
      most = Math.max(most, atOnce);
      made[ended]!();
    }
    const refused = (await outcomes).flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(refused).toHaveLength(98);
    expect(refused[0]).toBeInstanceOf(Overloaded);
    expect(await same).toEqual({});
    expect(most).toBe(2);
    // A plain question waits for none of them.
    expect(await cache.get(['plain'], () => Promise.resolve({ plain: 1 }))).toEqual({ plain: 1 });
  });

  it('who leaves while waiting gives its place up', async () => {
    const first = [pending(), pending()];
    const running = first.map(({ answer }, n) => cache.get(['running', n], () => answer, { bulky: true }));
    const gone = new AbortController();
    const compute = jest.fn(() => Promise.resolve({}));
    const waits = cache.get(['waits'], compute, { bulky: true, signal: gone.signal });
    gone.abort(new Error('gone'));
    await expect(waits).rejects.toThrow('gone');
    for (const { end } of first) end({});
    await Promise.all(running);
    await cache.get(['next'], () => Promise.resolve({}), { bulky: true });
    expect(compute).not.toHaveBeenCalled();
  });
});
