import { HELP, parseRegionsOptions } from '../../../../src/cli/demo/regions.js';

test.each([
  [[], 200],
  [['--rate', '1000'], 1000],
])('%j', (args, rate) => {
  expect(parseRegionsOptions(args)).toEqual({ rate });
});

test.each([['0'], ['2001'], ['1.5'], ['']])('--rate %j is refused', (rate) => {
  expect(() => parseRegionsOptions(['--rate', rate])).toThrow('--rate must be a whole number from 1 to 2000');
});

test('an unknown option is refused', () => {
  expect(() => parseRegionsOptions(['--rats', '5'])).toThrow(/--rats/);
});

test('the help names the option with its default', () => {
  expect(HELP).toMatch(/--rate .*default 200\)/);
});
