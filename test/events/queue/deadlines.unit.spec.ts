import type { Append } from '../../../src/events/infrastructure/postgres/recording/queue/append-queue.js';
import { Deadlines } from '../../../src/events/infrastructure/postgres/recording/queue/deadlines.js';

describe('the deadlines of appends', () => {
  let passed: Append[];
  let deadlines: Deadlines;

  const within = (ms: number): Append => {
    const append: Append = {
      events: [],
      bytes: 0,
      deadline: performance.now() + ms,
      resolve: () => undefined,
      reject: () => undefined,
      late: null,
    };
    deadlines.watch(append);
    return append;
  };

  beforeEach(() => {
    jest.useFakeTimers();
    passed = [];
    deadlines = new Deadlines((append) => passed.push(append));
  });

  afterEach(() => jest.useRealTimers());

  it('are told each once, in the order in which they pass, whatever the order in which they came', () => {
    const [late, soon, between] = [within(300), within(100), within(200)];
    jest.advanceTimersByTime(99);
    expect(passed).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(passed).toEqual([soon]);
    jest.advanceTimersByTime(1_000);
    expect(passed).toEqual([soon, between, late]);
  });

  it('of what is forgotten are not told', () => {
    const [gone, stays] = [within(100), within(100)];
    deadlines.forget(gone);
    jest.advanceTimersByTime(1_000);
    expect(passed).toEqual([stays]);
  });

  it('of a sender that waits for ever leave no timer', () => {
    within(Infinity);
    expect(jest.getTimerCount()).toBe(0);
  });
});
