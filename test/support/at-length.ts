/**
 * `describe` for what takes a minute or more of real time and is shown shorter elsewhere: it runs with MONITOREO_TEST_LONG=on, and
 * shows as skipped otherwise.
 */
export function describeAtLength(name: string, tests: () => void): void {
  if (process.env.MONITOREO_TEST_LONG === 'on') describe(name, tests);
  else describe.skip(`${name} (skipped: MONITOREO_TEST_LONG is not on)`, tests);
}
