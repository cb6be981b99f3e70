import fc from 'fast-check';
import { GatheredBytes } from '../../../src/platform/http/bodies/gathered-bytes.js';

describe('the bytes of a body', () => {
  it('are those of its parts, and nothing of what stood beside them is kept', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 10_000 }), { maxLength: 20 }), fc.nat(9), (parts, more) => {
        const whole = Buffer.concat(parts);
        const gathered = new GatheredBytes(whole.length + more);
        for (const part of parts) {
          const read = Buffer.concat([Buffer.alloc(100), part]);
          gathered.add(read.subarray(100));
          read.fill(0);
        }
        expect(gathered.bytes.equals(whole)).toBe(true);
        expect(gathered.length).toBe(whole.length);
        expect(gathered.bytes.buffer.byteLength).toBeLessThanOrEqual(Math.max(4_096, 2 * whole.length));
      }),
    );
  });

  it('take no memory once they are freed, also where somebody still has a view of them', () => {
    const gathered = new GatheredBytes(1_000_000);
    for (let n = 0; n < 10; n += 1) gathered.add(Buffer.alloc(100_000, n));
    const { bytes } = gathered;
    expect([bytes.length, bytes[999_999]]).toEqual([1_000_000, 9]);
    gathered.free();
    expect([gathered.length, gathered.bytes.length, bytes.buffer.byteLength]).toEqual([0, 0, 0]);
    gathered.add(Buffer.from('again'));
    expect(gathered.bytes.toString()).toBe('again');
  });
});
