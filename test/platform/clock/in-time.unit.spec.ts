import { inTime, TooLate } from '../../../src/platform/clock/in-time.js';

const never = new Promise<never>(() => undefined);

describe('work with a deadline', () => {
  it('is its outcome', async () => {
    await expect(inTime(Promise.resolve(1), 1_000, 'it')).resolves.toBe(1);
    await expect(inTime(Promise.reject(new Error('no')), 1_000, 'it')).rejects.toThrow('no');
  });

  it('is an error when it does not come', async () => {
    await expect(inTime(never, 1, 'an answer')).rejects.toEqual(new TooLate('an answer took longer than 1 ms'));
  });

  it('what arrived while the process did nothing but compute was in time', async () => {
    const outcome = await new Promise((resolve) => {
      // Among the timers, so that the deadline is looked at before anything that has arrived.
      setTimeout(() => {
        const arrived = new Promise<string>((arrive) => setImmediate(() => arrive('the answer')));
        resolve(inTime(arrived, 1, 'an answer').catch((error: Error) => error.message));
        const end = performance.now() + 20;
        while (performance.now() < end);
      });
    });
    expect(outcome).toBe('the answer');
  });
});
