import { compared } from '../../../../src/cli/demo/regions/both-sides.js';

const CONFIRMED = new Set(['click 1', 'click 2', 'sale 1']);

test.each([
  [
    'the same',
    ['click 1', 'click 2', 'sale 1'],
    ['sale 1', 'click 2', 'click 1'],
    { same: true, missing: 0, twice: 0 },
  ],
  [
    'one more than was confirmed',
    ['click 1', 'click 2', 'sale 1', 'click 3'],
    ['click 3', 'sale 1', 'click 2', 'click 1'],
    { same: true, missing: 0, twice: 0 },
  ],
  [
    'one is missing in b',
    ['click 1', 'click 2', 'sale 1'],
    ['click 1', 'sale 1'],
    { same: false, missing: 1, twice: 0 },
  ],
  ['one is missing in both', ['click 1', 'sale 1'], ['click 1', 'sale 1'], { same: true, missing: 1, twice: 0 }],
  [
    'one is in b twice',
    ['click 1', 'click 2', 'sale 1'],
    ['click 1', 'click 2', 'sale 1', 'sale 1'],
    { same: true, missing: 0, twice: 1 },
  ],
  [
    'as many, and not the same',
    ['click 1', 'click 2', 'sale 1', 'x'],
    ['click 1', 'click 2', 'sale 1', 'y'],
    { same: false, missing: 0, twice: 0 },
  ],
])('%s', (_, a, b, expected) => {
  expect(compared(a, b, CONFIRMED)).toEqual(expected);
});
