import { isAlways, mayBeBoth, parseSteps } from '../../src/funnels/domain/step.js';

const A = 'click@/a';

describe('what an event can serve', () => {
  it.each([
    ['click', 'sale', false, false],
    ['click', 'click', true, true],
    ['click', A, true, false],
    [A, 'click', true, true],
    [A, A, true, true],
    [A, 'click@/b', false, false],
    [A, 'view@/a', false, false],
    ['conversion:signup', 'conversion', true, true],
    ['conversion', 'conversion:signup', true, false],
    ['conversion:signup', 'conversion:lead', false, false],
  ])('%s and %s: both %p, always the other %p', (one, other, both, always) => {
    const [first, second] = parseSteps(`${one},${other}`);
    expect([mayBeBoth(first!, second!), mayBeBoth(second!, first!), isAlways(first!, second!)]).toEqual([
      both,
      both,
      always,
    ]);
  });
});
