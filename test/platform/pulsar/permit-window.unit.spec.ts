import fc from 'fast-check';
import { PermitWindow } from '../../../src/platform/pulsar/permit-window.js';

const MEGABYTE = 1_000_000;

/** Receives `count` messages of one size, each settled at once, and answers the window that results. */
function learn(window: PermitWindow, count: number, bytes: number): number {
  for (let granted = 0, received = 0; received < count; received++) {
    if (granted === 0) granted = window.take();
    window.arrived(bytes);
    granted--;
    window.settled(bytes);
  }
  window.reset();
  return window.take();
}

describe('PermitWindow', () => {
  const bounds = { maxMessages: 4000, maxBytes: 16 * MEGABYTE };

  it('starts small, because the size of messages is unknown', () => {
    expect(new PermitWindow(bounds).take()).toBe(3);
    expect(new PermitWindow({ ...bounds, maxMessages: 2 }).take()).toBe(2);
    expect(new PermitWindow({ ...bounds, maxBytes: 1 }).take()).toBe(1);
  });

  it.each([
    [300, 4000],
    [4_000, 4000],
    [60_000, 266],
    [1 * MEGABYTE, 16],
    [5 * MEGABYTE, 3],
    [50 * MEGABYTE, 1],
  ])('messages of %d bytes get %d permits', (bytes, permits) => {
    expect(learn(new PermitWindow(bounds), 500, bytes)).toBe(permits);
  });

  it('closes within a few large messages and opens slowly for small ones', () => {
    const window = new PermitWindow(bounds);
    expect(learn(window, 500, 300)).toBe(4000);
    expect(learn(window, 5, 5 * MEGABYTE)).toBeLessThanOrEqual(4);
    expect(learn(window, 64, 300)).toBeLessThan(20);
    expect(learn(window, 1000, 300)).toBe(4000);
  });

  it('says when the bytes held reach the bound, whatever was granted', () => {
    const window = new PermitWindow(bounds);
    window.take();
    for (let i = 0; i < 3; i++) window.arrived(5 * MEGABYTE);
    expect(window.full).toBe(false);
    window.arrived(5 * MEGABYTE);
    expect(window.full).toBe(true);
    window.settled(5 * MEGABYTE);
    expect(window.full).toBe(false);
  });

  it('leaves small remainders for later, unless nothing is on its way', () => {
    const window = new PermitWindow({ maxMessages: 100, maxBytes: MEGABYTE });
    expect(learn(window, 1, 1)).toBe(100);
    for (let i = 0; i < 10; i++) window.arrived(1);
    for (let i = 0; i < 10; i++) window.settled(1);
    expect(window.take()).toBe(0);
    for (let i = 0; i < 90; i++) window.arrived(1);
    window.settled(1);
    expect(window.take()).toBe(11);
  });

  it('never grants beyond the bound, and never stalls', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('arrive' as const), bytes: fc.integer({ min: 1, max: 6 * MEGABYTE }) }),
      fc.record({ kind: fc.constant('settle' as const), bytes: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.array(step, { maxLength: 300 }), (maxMessages, steps) => {
        const window = new PermitWindow({ maxMessages, maxBytes: 16 * MEGABYTE });
        let granted = window.take();
        const held: number[] = [];
        for (const { kind, bytes } of steps) {
          if (kind === 'arrive' && granted > 0) {
            window.arrived(bytes);
            held.push(bytes);
            granted--;
          } else if (kind === 'settle' && held.length > 0) {
            window.settled(held.pop() ?? 0);
            granted += window.take();
          }
          expect(granted + held.length).toBeLessThanOrEqual(maxMessages);
        }
        // Everything on its way arrives, everything held is settled: then there is always a next permit.
        for (; granted > 0; granted--) {
          window.arrived(1);
          held.push(1);
        }
        for (const bytes of held) window.settled(bytes);
        expect(window.take()).toBeGreaterThan(0);
      }),
    );
  });
});
