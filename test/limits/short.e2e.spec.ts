import { canaries } from './canaries.js';
import { overload } from './overload.js';
import { slowloris } from './slowloris.js';

const PATIENCE_MS = 180_000;
const silent = () => undefined;

/** A few seconds of each part of `npm run test:limits`; how fast answers are is for that to say, on a machine with nothing else to do. */
describe('at the limits, short', () => {
  it(
    'beside requests that never end others are answered',
    async () => {
      const { besideMs, refused, fewestOpen } = await slowloris(
        { connections: 100, rounds: 1, seconds: 2, maxDelayMs: 0 },
        silent,
      );
      expect(refused).toBe(0);
      expect(besideMs.length).toBeGreaterThan(0);
      expect(fewestOpen).toBeGreaterThanOrEqual(90);
    },
    PATIENCE_MS,
  );

  it(
    'more than a slow PostgreSQL can record is turned away with Retry-After, and what was acknowledged is there',
    async () => {
      const { loaded, unloaded, recorded } = await overload({ rate: 1_500, seconds: 3, unloadedSeconds: 1 }, silent);
      expect(loaded.errors).toBe(0);
      expect([...loaded.statuses.keys()].sort()).toEqual([201, 503]);
      expect([...loaded.codes.keys()]).toEqual(['overloaded']);
      expect(loaded.withoutRetryAfter).toBe(0);
      expect(recorded).toBe(unloaded.acknowledged.length + loaded.acknowledged.length);
      expect(recorded).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );

  it(
    'no secret stands in logs, metrics, errors or the audit log, and none of ours goes to the services of the orchestrator',
    async () => {
      const { hits, looked, statuses } = await canaries({ seconds: 1 }, silent);
      expect(hits).toEqual([]);
      for (const [where, characters] of Object.entries(looked))
        expect([where, characters > 100]).toEqual([where, true]);
      expect(statuses).toMatchObject({ 200: expect.any(Number) as number, 401: expect.any(Number) as number });
    },
    PATIENCE_MS,
  );
});
