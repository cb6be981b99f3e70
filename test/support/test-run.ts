/**
 * The facts that the global set-up tells the workers, by environment variables: they are other processes.
 * The file is the one place that knows their names.
 */
const NAMES = {
  runFolder: 'MONITOREO_TEST_FOLDER',
  postgresUrl: 'MONITOREO_TEST_POSTGRES_URL',
  pulsarServiceUrl: 'MONITOREO_TEST_PULSAR_SERVICE_URL',
  pulsarWebUrl: 'MONITOREO_TEST_PULSAR_WEB_URL',
  /** Why there is no Pulsar. */
  pulsarMissing: 'MONITOREO_TEST_PULSAR_MISSING',
  /** Why there is no Chromium. */
  browserMissing: 'MONITOREO_TEST_BROWSER_MISSING',
} as const;
type Fact = keyof typeof NAMES;

export const TEMPLATE_DATABASE = 'monitoreo_template';

export function tell(fact: Fact, value: string): void {
  process.env[NAMES[fact]] = value;
}

export function told(fact: Fact): string | null {
  return process.env[NAMES[fact]] ?? null;
}

/** @throws Error when the run started no such server (a unit tier, or MONITOREO_TEST_PULSAR=off). */
export function needed(fact: Fact): string {
  const value = told(fact);
  if (value === null) {
    throw new Error(
      `This run has no ${NAMES[fact]}: name the file .int.spec.ts or .e2e.spec.ts, and do not run it with the unit tier`,
    );
  }
  return value;
}
