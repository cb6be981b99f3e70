import fc from 'fast-check';
import { hasMoreParts } from '../../src/regions/infrastructure/http/page-parts.js';

/** Counts what it is about the slow way. */
function partsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const members = Object.values(value);
  return 1 + Math.max(0, members.length - 1) + members.reduce<number>((sum, member) => sum + partsOf(member), 0);
}

describe('the parts of a JSON text', () => {
  it('are its lists, its objects, and the commas between their members; signs within a text are none', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const [text, count] = [JSON.stringify(value), partsOf(value)];
        expect([hasMoreParts(text, count), hasMoreParts(text, count - 1)]).toEqual([false, count > 0]);
      }),
    );
  });

  it.each([
    ['[1,2]', 2],
    ['["[,{", "\\"", "\\\\"]', 3],
    ['["[[[[', 1],
  ])('%s has %d', (text, count) => {
    expect([hasMoreParts(text, count), hasMoreParts(text, count - 1)]).toEqual([false, true]);
  });
});
