import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Browser, Page } from 'playwright-core';
import { FailoverClient, type Statistics } from '../../src/client/failover/failover-client.js';
import type { Outcome } from '../../src/client/failover/outcome.js';
import { describeWithBrowser, launchBrowser } from '../support/browser.js';
import { ServedServers } from './served-servers.js';
import { Site } from './site.js';
import type { TwoServers } from './two-servers.js';

/** A time-out of 5 s takes 250 ms. One that a busy machine makes by itself breaks no law. */
const SPEED = 20;
const RUNS = 15;
const PATIENCE_MS = 90_000;

interface Run {
  readonly outcomes: readonly Outcome[];
  readonly log: readonly {
    readonly to: 'a' | 'b';
    readonly what: 'post' | 'probe';
    readonly state: 'asked' | 'answered' | 'failed' | 'known';
  }[];
  readonly statistics: Statistics;
}

/** The input of `laws-run.mjs`, beside the client. */
interface Asked {
  readonly primary: string;
  readonly secondary: string;
  readonly turns: readonly number[];
  readonly speed: number;
}

const fates = fc.array(
  fc.constantFrom('answers', 'refuses', 'hangs', 'fails', 'storesAndHangs', 'storesAndFails', 'limits', 'signIn'),
  { maxLength: 5 },
);
const scripts = fc.record({
  a: fates,
  b: fates,
  turns: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 }),
});

async function holdsOver(served: ServedServers, runIn: (asked: Asked) => Promise<Run>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(scripts, async ({ a, b, turns }) => {
      const servers = served.begin({ a: [...a], b: [...b] });
      const [primary, secondary] = served.urls;
      const { outcomes, log, statistics } = await runIn({ primary, secondary, turns, speed: SPEED });
      expectStoredOnce(
        outcomes,
        servers,
        turns.reduce((sum, count) => sum + count, 0),
      );
      expectOrder(log);
      expect(statistics).toMatchObject({ waiting: 0, dropped: 0, rejected: 0 });
    }),
    // Shrinking would repeat what takes seconds each time.
    { numRuns: RUNS, endOnFailure: true },
  );
}

/** What is acknowledged is on a side at least, and no event ever goes under two ids or in two forms. */
function expectStoredOnce(outcomes: readonly Outcome[], { posts, stored }: TwoServers, count: number): void {
  expect(new Set(outcomes.map(({ event_id }) => event_id)).size).toBe(count);
  for (const { event_id, status } of outcomes) {
    expect(['recorded', 'duplicate']).toContain(status);
    expect(stored.a!.has(event_id) || stored.b!.has(event_id)).toBe(true);
  }
  const forms = new Map<string, string>();
  const pages = new Set<string>();
  for (const json of posts.flatMap(({ events }) => events)) {
    const { event_id, page_url } = JSON.parse(json) as { event_id: string; page_url: string };
    expect(forms.get(event_id) ?? json).toBe(json);
    forms.set(event_id, json);
    pages.add(page_url);
  }
  expect([forms.size, pages.size]).toEqual([count, count]);
}

/** The secondary is asked only while the primary is away, and what is away gets probes alone: one failed post an outage. */
function expectOrder(log: Run['log']): void {
  const mayBeUsable = { a: true, b: true };
  const isUsable = { a: true, b: true };
  for (const { to, what, state } of log) {
    if (what === 'post' && state === 'asked') {
      expect(mayBeUsable[to]).toBe(true);
      if (to === 'b') expect(isUsable.a).toBe(false);
    } else if (what === 'post' && state === 'failed') {
      mayBeUsable[to] = isUsable[to] = false;
    } else if (what === 'probe' && state === 'answered') {
      mayBeUsable[to] = true;
    } else if (state === 'known') {
      isUsable[to] = true;
    }
  }
}

describe('the laws of FailoverClient, over HTTP, in Node', () => {
  let served: ServedServers;
  beforeAll(async () => {
    served = await ServedServers.start();
  });
  afterAll(() => served.close());

  it(
    'hold whatever two servers do',
    async () => {
      const script = join(process.cwd(), 'test/client/laws-run.mjs');
      const { run } = (await import(script)) as {
        run: (asked: Asked & { FailoverClient: unknown }) => Promise<Run>;
      };
      await holdsOver(served, (asked) => run({ FailoverClient, ...asked }));
    },
    PATIENCE_MS,
  );
});

describeWithBrowser('the laws of FailoverClient, over HTTP, in Chromium', () => {
  let served: ServedServers;
  let browser: Browser | null;
  let missing: string | null;
  let site: Site;
  let page: Page;

  beforeAll(async () => {
    ({ browser, missing } = await launchBrowser());
    if (browser === null) throw new Error(missing ?? 'no browser');
    [served, site] = await Promise.all([ServedServers.start(), Site.start()]);
    site.regions = served.urls;
    const module = (file: string) => ({ type: 'text/javascript', body: readFileSync(file, 'utf8') });
    site.files.set('/tracker.mjs', module('dist/web/tracker/tracker.mjs'));
    site.files.set('/laws-run.mjs', module('test/client/laws-run.mjs'));
    site.files.set('/', { type: 'text/html', body: '<!doctype html><title>Laws</title>' });
    page = await browser.newPage();
    await page.goto(site.url);
  }, PATIENCE_MS);
  afterAll(async () => {
    await browser?.close();
    served.close();
    site.close();
  });

  it(
    'hold whatever two servers do',
    async () => {
      await holdsOver(served, (asked) =>
        page.evaluate<Run>(`Promise.all([import('/laws-run.mjs'), import('/tracker.mjs')]).then(
        ([{ run }, { FailoverClient }]) => run({ FailoverClient, ...${JSON.stringify(asked)} }))`),
      );
    },
    PATIENCE_MS,
  );
});
