import { WritePace } from '../../../src/events/infrastructure/postgres/recording/queue/write-pace.js';

describe('the pace of writes', () => {
  const after = (writes: readonly (readonly [number, number])[]) => {
    const pace = new WritePace();
    for (const [rows, ms] of writes) pace.wrote(rows, ms);
    return pace;
  };

  it('knows nothing before the first', () => {
    expect(new WritePace().expectedMs(1_000)).toBe(0);
  });

  it('tells what a transaction costs from what a row adds', () => {
    const pace = after([1, 5, 200, 40, 1, 7].map((rows) => [rows, 3 + rows * 0.02]));
    expect(pace.expectedMs(1)).toBeCloseTo(3.02, 1);
    expect(pace.expectedMs(2_000) / 43).toBeCloseTo(1, 1);
  });

  it('of one size alone, 12 more rows are taken to cost as much again: a slow database is not overrun before it is known', () => {
    const alone = after([[1, 20], [1, 20], [1, 20]]); // prettier-ignore
    expect(alone.expectedMs(1)).toBeCloseTo(20, 6);
    expect(alone.expectedMs(13)).toBeCloseTo(40, 6);
    expect(alone.expectedMs(20_000)).toBeGreaterThan(5_000);
  });

  it('rows never make a write cheaper, and none takes less than no time', () => {
    const pace = after([[100, 1], [1, 50], [1, 50]]); // prettier-ignore
    expect(pace.expectedMs(1_000)).toBeGreaterThan(pace.expectedMs(100));
    expect(pace.expectedMs(100)).toBeGreaterThan(30);
    expect(pace.expectedMs(100)).toBeLessThanOrEqual(50);
    expect(after([[10, 10], [20, 30]]).expectedMs(1)).toBe(0); // prettier-ignore
  });

  it('remembers what a lone event takes while all writes are large', () => {
    const busy = Array.from({ length: 200 }, () => [8, 40] as const);
    expect(after([[1, 5], [1, 5], ...busy]).aloneMs).toBeCloseTo(5, 6); // prettier-ignore
    expect(after([[1, 5], ...busy, ...Array.from({ length: 100 }, () => [1, 30] as const)]).aloneMs).toBeGreaterThan(
      25,
    );
    expect(after([[8, 40]]).aloneMs).toBeGreaterThan(0);
  });

  it('does not take for a lone event one that began beside another write, and may have waited for it', () => {
    const pace = after([[1, 5]]);
    for (let n = 0; n < 100; n += 1) pace.wrote(1, 40, true);
    expect(pace.aloneMs).toBeCloseTo(5, 6);
  });

  it('forgets: a database that got slow is known after some twenty writes', () => {
    const fast = Array.from({ length: 500 }, (_, n) => [1 + (n % 9), 2] as const);
    const slow = Array.from({ length: 60 }, (_, n) => [1 + (n % 9), 2 + 2 * (1 + (n % 9))] as const);
    expect(after([...fast, ...slow]).expectedMs(100)).toBeGreaterThan(150);
  });
});
