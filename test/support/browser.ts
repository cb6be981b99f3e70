import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { told } from './test-run.js';
import { eventually } from './waiting.js';

const DRAWN_MS = 30_000;

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

/**
 * Waits until what a look at a page finds equals this (as `toEqual` does). A page draws after a click, an address or an answer,
 * not with it, and `count()` or `textContent()` look once. For what is absent wait first for a sign that the page is done.
 *
 * @throws Error that holds the look, what it should find and what it found at last
 */
export async function shows(look: () => unknown, wanted: unknown): Promise<void> {
  const check = async () => expect(await look()).toEqual(wanted);
  await eventually(check, { within: DRAWN_MS, what: `${String(look)} is as wanted` });
}

/** Waits until what follows from what is drawn now has been done too: a view measures and paints in the frame after. */
export async function painted(page: Page): Promise<void> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
}
