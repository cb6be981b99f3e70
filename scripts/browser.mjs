import { existsSync } from 'node:fs';
import { arch, platform } from 'node:process';
import { execFileSync } from 'node:child_process';
import { chromium as playwright } from 'playwright-core';

const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const NONE = 'none for this system';
const TRIES = 4;
const BETWEEN_TRIES_MS = 4_000;

/** Not those that its package names: with a single process, the first page that closes ends the others. */
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--hide-scrollbars'];

/**
 * A Chromium of npm's own on x64 Linux with glibc, elsewhere the system's; null with a reason where there is none.
 *
 * @param {string[]} more arguments of Chromium
 */
export async function launchBrowser(more = []) {
  for (let times = 1; ; times++) {
    try {
      return {
        browser: await playwright.launch({ executablePath: await found(), args: [...ARGUMENTS, ...more] }),
        missing: null,
      };
    } catch (error) {
      // Another process may be unpacking it to the same place.
      if (times >= TRIES || error.message === NONE) {
        return { browser: null, missing: `no Chromium: ${error.message.split('\n')[0]}` };
      }
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS));
    }
  }
}

async function found() {
  const system = SYSTEM.find((file) => existsSync(file));
  if (system) return system;
  if (platform !== 'linux' || arch !== 'x64' || isMusl()) throw new Error(NONE);
  const { default: chromium } = await import('@sparticuz/chromium');
  return chromium.executablePath();
}

function isMusl() {
  try {
    return /musl/.test(execFileSync('ldd', ['--version'], { stdio: 'pipe', encoding: 'utf8' }));
  } catch (error) {
    return /musl/.test(String(error.stderr ?? ''));
  }
}
