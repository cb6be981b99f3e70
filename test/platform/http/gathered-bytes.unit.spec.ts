import fc from 'fast-check';
import { GatheredBytes } from '../../../src/platform/http/bodies/gathered-bytes.js';

describe('the bytes of a body', () => {
  it('are those of its parts, and nothing of what stood beside them is kept', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 10_000 })), (parts) => {
        const gathered = new GatheredBytes();
        const whole = Buffer.concat(parts);
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
});
