import { HELP, parseDemoOptions } from '../../../src/cli/demo/options.js';

test.each([
  [[], { rate: 50, durationS: 60, users: 200, days: 14, alerts: true }],
  [
    ['--rate', '1000', '--duration', '0', '--users=3', '--days', '0'],
    { rate: 1000, durationS: 0, users: 3, days: 0, alerts: true },
  ],
  [['--no-alerts'], { rate: 50, durationS: 60, users: 200, days: 14, alerts: false }],
])('%j', (args, expected) => {
  expect(parseDemoOptions(args)).toEqual(expected);
});

test('all wrong values are named together', () => {
  expect(() => parseDemoOptions(['--rate', '0', '--duration', '1.5', '--users', '', '--days', '400'])).toThrow(
    '--rate must be a whole number from 1 to 20000\n--duration must be a whole number from 0 to 86400\n--users must be a whole number from 1 to 1000000\n--days must be a whole number from 0 to 365',
  );
});

test('an unknown option is refused', () => {
  expect(() => parseDemoOptions(['--rats', '5'])).toThrow(/--rats/);
});

test('the help names every option with its default', () => {
  for (const [option, usual] of [
    ['--rate', 50],
    ['--duration', 60],
    ['--users', 200],
    ['--days', 14],
  ]) {
    expect(HELP).toMatch(new RegExp(`${option} .*default ${usual}\\)`));
  }
});
