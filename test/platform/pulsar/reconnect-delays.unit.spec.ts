import { ReconnectDelays } from '../../../src/platform/pulsar/reconnect-delays.js';

const failures = (refused: boolean, count: number, delays: ReconnectDelays): number[] =>
  Array.from({ length: count }, () => delays.next({ reason: 'away', refused }));

describe('ReconnectDelays', () => {
  it.each([
    { refused: false, first: 200, cap: 5_000 },
    { refused: true, first: 500, cap: 30_000 },
  ])('refused $refused: from $first ms to $cap ms, never less than half', ({ refused, first, cap }) => {
    const delays = failures(refused, 2000, new ReconnectDelays());
    delays.forEach((delay, attempt) => {
      const full = Math.min(cap, first * 2 ** attempt);
      expect(delay).toBeGreaterThanOrEqual(Math.floor(full / 2));
      expect(delay).toBeLessThanOrEqual(full);
    });
    // Jitter stays when the cap is reached: replicas do not come in step.
    expect(new Set(delays.slice(20)).size).toBeGreaterThan(100);
  });

  it('starts again from the shortest delay after a reset', () => {
    const delays = new ReconnectDelays();
    expect(failures(false, 10, delays).at(-1)).toBeGreaterThanOrEqual(2_500);
    delays.reset();
    expect(delays.next({ reason: 'away', refused: false })).toBeLessThanOrEqual(200);
  });

  it('stops waiting when aborted', async () => {
    const closing = new AbortController();
    const delays = new ReconnectDelays();
    failures(true, 10, delays);
    const waiting = delays.wait({ reason: 'away', refused: true }, closing.signal);
    closing.abort();
    await expect(waiting).resolves.toBeUndefined();
  });
});
