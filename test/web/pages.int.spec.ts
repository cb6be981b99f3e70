import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { DeadLetterStore } from '../../src/events/application/dead-letter-store.port.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { describeWithBrowser, launchBrowser } from '../support/browser.js';
import { deadLetter } from '../support/dead-letters.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { PAYLOADS } from './payloads.js';

const AXE = readFileSync(
  join(createRequire(join(process.cwd(), 'package.json')).resolve('axe-core/axe.min.js')),
  'utf8',
);
const THEMES = ['light', 'dark'] as const;
const LOCALES = { en: 'en-US', es: 'es-ES' } as const;
const PATIENCE_MS = 120_000;

/** Of the page: functions that are evaluated there are written here, where there is none. */
interface PageElement {
  readonly textContent: string | null;
  focus(): void;
  matches(selector: string): boolean;
  scrollIntoView(): void;
}
declare const document: {
  readonly activeElement: PageElement | null;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): readonly PageElement[];
};

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
}

describeWithBrowser('the pages in a browser', () => {
  let browser: Browser | null;
  let missing: string | null;
  let testDatabase: TestDatabase;
  let application: TestApplication;
  let letter: string;

  beforeAll(async () => {
    ({ browser, missing } = await launchBrowser());
    testDatabase = await createTestDatabase();
    const now = Date.now();
    application = await startApplication(testDatabase.url, {}, now);
    await application.database.connect();
    await recordRows(application.store, [
      ...visit(now),
      ...PAYLOADS.flatMap((text, at) => hostile(text, now - at * 50)),
    ]);
    const letters = application.app.get(DeadLetterStore);
    const signal = new AbortController().signal;
    const mendable = { payload: Buffer.from('{"url":"/pricing"}'), publishedAt: now - 1000 };
    await letters.add([deadLetter(1, mendable)], signal);
    const { rows } = await application.database.writers().query<{ id: string }>('select id from dead_letters');
    letter = rows[0]!.id;
    await letters.add(
      PAYLOADS.map((text, at) =>
        deadLetter(at + 2, { payload: Buffer.from(text), detail: text, publishedAt: now - 5000 }),
      ),
      signal,
    );
  }, PATIENCE_MS);
  afterEach(() => Promise.all(browser?.contexts().map((context) => context.close()) ?? []));
  afterAll(async () => {
    await browser?.close();
    await application.close();
    await testDatabase.drop();
  });

  const needBrowser = (): Browser => {
    if (browser === null) throw new Error(missing ?? 'no browser');
    return browser;
  };

  const open = async (path: string, options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await needBrowser().newContext({
      viewport: { width: 1280, height: 900 },
      locale: LOCALES.en,
      ...options,
    });
    const page = await context.newPage();
    await go(page, path);
    return page;
  };
  const go = async (page: Page, path: string) => {
    await page.goto(application.url + path);
    await page.waitForSelector('h1', { state: 'attached' });
    await page.waitForFunction(() => document.querySelectorAll('.skeleton').length === 0);
  };
  const views = (): Record<string, string> => ({
    overview: '/dashboard',
    live: '/dashboard/live',
    events: '/dashboard/events?user_id=ana',
    user: '/dashboard/users/ana',
    'dead letters': `/dashboard/dead-letters/${letter}?reason=schema`,
    services: '/dashboard/services',
    system: '/dashboard/system',
    'no view': '/dashboard/nowhere',
    clicker: '/clicker',
  });

  it.each(THEMES.flatMap((theme) => (['en', 'es'] as const).map((language) => [theme, language] as const)))(
    'axe finds nothing in any view, %s, %s',
    async (colorScheme, language) => {
      const page = await open('/dashboard', { colorScheme, locale: LOCALES[language] });
      for (const [view, path] of Object.entries(views())) {
        await go(page, path);
        expect(await page.getAttribute('html', 'lang')).toBe(language);
        await page.evaluate(AXE);
        const violations = await page.evaluate(async () => {
          const { axe } = globalThis as unknown as { axe: { run: () => Promise<{ violations: Violation[] }> } };
          return (await axe.run()).violations;
        });
        const found = violations.map(({ id, nodes }) => [id, nodes.map((node) => [node.target, node.failureSummary])]);
        expect([view, found]).toEqual([view, []]);
      }
    },
    PATIENCE_MS,
  );

  it(
    'a keyboard alone leads from the overview to the events, a user, and a letter that is corrected and replayed',
    async () => {
      const page = await open('/dashboard?period=7d');
      const tabTo = async (selector: string) => {
        for (let presses = 0; presses < 150; presses++) {
          await page.keyboard.press('Tab');
          if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
        }
        throw new Error(`${selector} is not reached by Tab`);
      };
      const enter = () => page.keyboard.press('Enter');

      await tabTo('nav a[href^="/dashboard/events"]');
      await enter();
      await page.waitForSelector('table.list');
      expect(new URL(page.url()).searchParams.get('period')).toBe('7d');
      await page.evaluate(() => document.querySelector('h1')?.focus());
      await tabTo('select[name="name"]');
      await tabTo('input[name="value"]');
      await page.keyboard.type('ana');
      await enter();
      await page.waitForSelector('.chip');
      await page.waitForSelector('a[href^="/dashboard/users/ana"]');
      await tabTo('a[href^="/dashboard/users/ana"]');
      await enter();
      await page.waitForSelector('.timeline');

      await page.evaluate(() => document.querySelector('.brand')?.scrollIntoView());
      await tabTo('.skip');
      await tabTo('nav a[href^="/dashboard/dead-letters"]');
      await enter();
      await page.waitForSelector('.letters');
      await page.evaluate(() => document.querySelector('h1')?.focus());
      await go(page, `/dashboard/dead-letters/${letter}`);
      await tabTo('textarea');
      await page.keyboard.press('Control+A');
      await page.keyboard.type('{"url":"/pricing","user_id":"ana"}');
      await tabTo('button.primary');
      await enter();
      await page.waitForFunction(
        () =>
          /Recorded as/.test(document.querySelector('[data-outcome]')?.textContent ?? '') ||
          document.querySelector('.pairs a') !== null,
      );
      const { rows } = await application.database
        .writers()
        .query<{ state: string }>('select state from dead_letters where id = $1', [letter]);
      expect(rows).toEqual([{ state: 'replayed' }]);
      await page.goBack();
      await page.waitForSelector('.letters');
    },
    PATIENCE_MS,
  );

  it(
    'none of 200 scripts runs, in any free text, in any view',
    async () => {
      const page = await open('/dashboard/services');
      const ran: string[] = [];
      await page.exposeFunction('pwned', (which: unknown) => ran.push(String(which)));
      page.on('dialog', (dialog) => {
        ran.push(dialog.message());
        void dialog.dismiss();
      });
      for (const path of Object.values(views())) await go(page, path);
      await go(page, '/dashboard/events');
      for (let shown = 0; shown < PAYLOADS.length * 3;) {
        await page.getByRole('button', { name: 'Load more' }).click();
        await page.waitForFunction((before) => document.querySelectorAll('.list tbody tr').length > before, shown);
        shown = await page.locator('.list tbody tr').count();
      }
      for (const row of [3, 40, 90, 160, 300]) {
        await page.locator('.list tbody button').nth(row).click();
        await page.waitForSelector('.details');
      }
      for (const at of [0, 23, 68, 131, 199]) {
        await go(page, `/dashboard/users/${encodeURIComponent(PAYLOADS[at]!)}`);
        await page.locator('.timeline summary').first().click();
      }
      await go(page, '/dashboard/dead-letters?state=all');
      for (const at of [0, 12, 57, 99]) {
        await page.locator('.letters a').nth(at).click();
        await page.waitForSelector('.payload');
      }
      // The check would notice: what runs is told.
      expect(ran).toEqual([]);
      await page.evaluate(() => (globalThis as unknown as { pwned: (which: number) => Promise<void> }).pwned(0));
      expect(ran).toEqual(['0']);
    },
    PATIENCE_MS,
  );

  it('a view that is not answered says so, and comes back', async () => {
    const page = await open('/dashboard/events');
    await page.route('**/events?*', (route) => route.abort());
    await page.selectOption('select.btn >> nth=0', 'sale');
    await page.waitForSelector('[role="alert"]');
    await page.unroute('**/events?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.waitForSelector('table.list');
    expect(await page.locator('.state[role="alert"]').count()).toBe(0);
  });

  it('asks for a key where one is needed', async () => {
    const page = await open('/dashboard');
    const problem = { status: 401, contentType: 'application/problem+json', body: '{"detail":"x","request_id":"r"}' };
    await page.route('**/dead-letters?*', (route) => route.fulfill(problem));
    await page.locator('nav a[href^="/dashboard/dead-letters"]').first().click();
    await page.getByRole('heading', { name: 'A key is needed for this' }).waitFor();
    await page.locator('.state').getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Key', { exact: true }).fill('wrong');
    await page.locator('dialog button.primary').click();
    await page.waitForFunction(() => document.querySelector('dialog [role="alert"]')?.textContent !== '');
  });
});

function visit(now: number): Row[] {
  const of = { user_id: 'ana', session_id: 'morning', page_url: '/cart' };
  return [
    {
      event_type: 'click',
      event_id: randomUUID(),
      timestamp: now - 60_000,
      ...of,
      x: 0.1,
      y: 0.2,
      campaign: { a: [1] },
    },
    { event_type: 'click', event_id: randomUUID(), timestamp: now - 20_000, reaction: 'cheers' },
    { event_type: 'conversion', event_id: randomUUID(), timestamp: now - 50_000, ...of, conversion_type: 'signup' },
    { event_type: 'sale', event_id: randomUUID(), timestamp: now - 40_000, ...of, amount: '19.90', currency: 'EUR' },
  ];
}

/** The text in every free text that an event has. */
function hostile(text: string, timestamp: number): Row[] {
  const page_url = `/${encodeURI(text).replaceAll('%3C', '<').replaceAll('%3E', '>').replaceAll('%22', '"')}`;
  const of = { user_id: text, session_id: text, page_url, user_agent: text, timestamp, [text.slice(0, 60)]: text };
  return [
    { ...of, event_type: 'click', event_id: text.slice(0, 128) },
    { ...of, event_type: 'conversion', event_id: text.slice(0, 128), conversion_type: text.slice(0, 64) },
    { ...of, event_type: 'sale', event_id: text.slice(0, 128), amount: 1 },
  ];
}
