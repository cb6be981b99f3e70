import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { told } from './test-run.js';

interface Launched {
  readonly browser: Browser | null;
  readonly missing: string | null;
}

/** The same Chromium as the screenshots'. @param more arguments of it */
export async function launchBrowser(more: readonly string[] = []): Promise<Launched> {
  const script = join(process.cwd(), 'scripts/browser.mjs');
  const { launchBrowser: launch } = (await import(script)) as {
    launchBrowser: (more: readonly string[]) => Promise<Launched>;
  };
  return launch(more);
}

/** `describe` for tests that need a browser. Without one they show as skipped, with the reason; in CI the run has failed before. */
export function describeWithBrowser(name: string, tests: () => void): void {
  const missing = told('browserMissing');
  if (missing === null) describe(name, tests);
  else describe.skip(`${name} (skipped: ${missing})`, tests);
}
