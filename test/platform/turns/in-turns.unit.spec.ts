import { inTurns } from '../../../src/platform/turns/in-turns.js';

/** Goes on until somebody else had a turn. */
function* untilOthers(had: () => boolean): Generator<void, string> {
  while (!had()) yield;
  return 'done';
}

describe('work in turns', () => {
  it('gives others their turn, and answers its outcome', async () => {
    let others = 0;
    const turn = () => {
      others += 1;
      setImmediate(turn).unref();
    };
    setImmediate(turn).unref();
    await expect(inTurns(untilOthers(() => others >= 3))).resolves.toBe('done');
  });

  it('that is done at once takes one turn', async () => {
    // In the turn of the test before nothing more may be done, where the machine took long over it.
    await new Promise((resolve) => setImmediate(resolve));
    let others = false;
    setImmediate(() => (others = true));
    await expect(inTurns([][Symbol.iterator]() as Iterator<never, undefined>)).resolves.toBeUndefined();
    expect(others).toBe(false);
  });

  it('shares its turn with the work before it: many short ones let others have theirs, too', async () => {
    let others = false;
    setImmediate(() => (others = true));
    const busyFor = function* (ms: number): Generator<void, void> {
      for (const end = performance.now() + ms; performance.now() < end;);
      yield;
    };
    for (let n = 0; n < 100 && !others; n += 1) await inTurns(busyFor(1));
    expect(others).toBe(true);
  });

  it('gives others their turn when many works go on at once, and each of them its turn', async () => {
    const WORKS = 20;
    const begun = new Set<number>();
    let longestTurn = 0;
    let inTurn = 0;
    const turn = () => {
      longestTurn = Math.max(longestTurn, inTurn);
      inTurn = 0;
      if (begun.size < WORKS) setImmediate(turn);
    };
    setImmediate(turn);
    // Each step alone takes a whole turn.
    const heavy = function* (work: number): Generator<void, void> {
      for (let step = 0; step < 2; step += 1) {
        if (step > 0) begun.add(work);
        inTurn += 1;
        for (const end = performance.now() + 25; performance.now() < end;);
        yield;
      }
    };
    await Promise.all(Array.from({ length: WORKS }, (_, work) => inTurns(heavy(work))));
    expect(begun.size).toBe(WORKS);
    // One that begins, and one that waited.
    expect(longestTurn).toBeLessThanOrEqual(2);
  });

  it('ends when it is given up, and fails as the work does', async () => {
    const given = new AbortController();
    setImmediate(() => given.abort(new Error('given up')));
    await expect(
      inTurns(
        untilOthers(() => false),
        given.signal,
      ),
    ).rejects.toThrow('given up');
    const failing = untilOthers(() => {
      throw new Error('cannot be done');
    });
    await expect(inTurns(failing)).rejects.toThrow('cannot be done');
  });
});
