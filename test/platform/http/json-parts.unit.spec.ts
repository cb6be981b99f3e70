import fc from 'fast-check';
import { hasMoreNames, hasMoreParts, nestsDeeper, partsIn } from '../../../src/platform/http/bodies/json-parts.js';

interface Parts {
  readonly containers: number;
  readonly commas: number;
}

/** Counts what it is about the slow way. */
function partsOf(value: unknown): Parts {
  if (typeof value !== 'object' || value === null) return { containers: 0, commas: 0 };
  const members: readonly unknown[] = Object.values(value);
  const inner = members.map(partsOf);
  return {
    containers: 1 + inner.reduce((sum, { containers }) => sum + containers, 0),
    commas: Math.max(0, members.length - 1) + inner.reduce((sum, { commas }) => sum + commas, 0),
  };
}

/** Whether there are more than so many, and more than one less. */
const bounds = (json: Buffer, commas: boolean, count: number) =>
  [count, count - 1].map((most) => hasMoreParts(json, { commas, most }));

describe('the parts of a JSON text', () => {
  it('are its lists and objects, and with them the commas if asked; signs within a text are none', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { containers, commas } = partsOf(value);
        const json = Buffer.from(JSON.stringify(value));
        expect(bounds(json, false, containers)).toEqual([false, true]);
        expect(bounds(json, true, containers + commas)).toEqual([false, true]);
      }),
    );
  });

  it.each([
    ['[1,2]', 1, 2],
    ['["[,{", "\\"", "\\\\"]', 1, 3],
    ['["[[[[', 1, 1],
  ])('%s has %d, and %d with commas', (text, containers, all) => {
    const json = Buffer.from(text);
    expect([bounds(json, false, containers), bounds(json, true, all)]).toEqual([
      [false, true],
      [false, true],
    ]);
  });

  it('are counted in steps, and no further than asked', () => {
    const json = Buffer.from(`[${'{},'.repeat(100_000)}{}]`);
    const counting = partsIn(json, { commas: false, most: 90_000 });
    let steps = 0;
    let step = counting.next();
    for (; !step.done; step = counting.next()) steps++;
    expect({ count: step.value, steps: steps > 2 }).toEqual({ count: 90_001, steps: true });
  });

  it('nest as deep as they do; signs within a text are none', () => {
    const levelsOf = (value: unknown): number =>
      typeof value !== 'object' || value === null ? 0 : 1 + Math.max(0, ...Object.values(value).map(levelsOf));
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 6 })), (value) => {
        const json = Buffer.from(JSON.stringify(value));
        const levels = levelsOf(value);
        expect([levels, levels - 1].map((most) => nestsDeeper(json, most))).toEqual([false, true]);
      }),
    );
  });

  it('have names, which count once each; texts that are values, and signs within texts, are none', () => {
    const namesOf = (value: unknown): string[] =>
      typeof value !== 'object' || value === null
        ? []
        : [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(namesOf)];
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (value) => {
        const json = Buffer.from(JSON.stringify(value));
        const names = new Set(namesOf(value)).size;
        expect(hasMoreNames(json, names)).toBe(false);
        expect(hasMoreNames(json, names - 1)).toBe(names > 0);
      }),
    );
  });
});
