import fc from 'fast-check';
import { portions } from '../../src/dead-letters/domain/portions.js';

describe('portions', () => {
  it.each([
    [[], []],
    [
      [4, 4, 4],
      [[4, 4], [4]],
    ],
    [
      [9, 1],
      [[9], [1]],
    ],
    [
      [1, 20, 1],
      [[1], [20], [1]],
    ],
    [
      [0, 0, 0, 0],
      [[0, 0, 0], [0]],
    ],
  ])('%j within 8 bytes and 3 items is %j', (sizes, expected) => {
    expect([...portions(sizes, (size) => size, 8, 3)]).toEqual(expected);
  });

  it('keep every item in order, and stay within bounds unless an item alone is above them', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(12)), fc.integer({ min: 1, max: 10 }), (sizes, most) => {
        const parts = [...portions(sizes, (size) => size, most)];
        expect(parts.flat()).toEqual(sizes);
        for (const part of parts)
          expect(part.length === 1 || part.reduce((sum, size) => sum + size, 0) <= most).toBe(true);
      }),
    );
  });
});
