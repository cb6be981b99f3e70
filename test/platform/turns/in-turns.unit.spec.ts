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
