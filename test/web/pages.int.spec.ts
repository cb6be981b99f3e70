import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describeWithBrowser } from '../support/browser.js';
import { PAYLOADS } from './payloads.js';
import { LOCALES, SeededPages } from './seeded-pages.js';

const AXE = readFileSync(
  join(createRequire(join(process.cwd(), 'package.json')).resolve('axe-core/axe.min.js')),
  'utf8',
);
const THEMES = ['light', 'dark'] as const;
const PATIENCE_MS = 300_000;

/** An element of the page: functions that are evaluated in the page are written here, where there is none. */
interface PageElement {
  readonly textContent: string | null;
  matches(selector: string): boolean;
  closest(selector: string): PageElement;
  getBoundingClientRect(): { readonly right: number };
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
  let pages: SeededPages;

  beforeAll(async () => {
    pages = await SeededPages.start();
  }, PATIENCE_MS);
  afterEach(() => pages.closePages());
  afterAll(() => pages.stop());

  it.each(THEMES.flatMap((theme) => (['en', 'es'] as const).map((language) => [theme, language] as const)))(
    'axe finds nothing in any view, %s, %s',
    async (colorScheme, language) => {
      const page = await pages.open('/dashboard', { colorScheme, locale: LOCALES[language] });
      for (const [view, path] of Object.entries(pages.views)) {
        await pages.go(page, path);
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
      const page = await pages.open('/dashboard?period=7d');
      const reach = async (selector: string, key: 'Tab' | 'Shift+Tab' = 'Tab') => {
        for (let presses = 0; presses < 60; presses++) {
          await page.keyboard.press(key);
          if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
        }
        throw new Error(`${selector} is not reached by ${key}`);
      };
      const enter = () => page.keyboard.press('Enter');

      await reach('nav a[href^="/dashboard/events"]');
      await enter();
      await page.waitForSelector('table.list');
      expect(new URL(page.url()).searchParams.get('period')).toBe('7d');
      await reach('input[name="value"]');
      await page.keyboard.type('ana');
      await enter();
      await page.waitForSelector('.chip');
      await page.waitForSelector('a[href^="/dashboard/users/ana"]');
      await reach('a[href^="/dashboard/users/ana"]');
      await enter();
      await page.waitForSelector('.timeline');

      await reach('nav a[href^="/dashboard/dead-letters"]', 'Shift+Tab');
      await enter();
      await page.waitForSelector('.letters');
      await reach(`.letters a[href*="${pages.letter}"]`);
      await enter();
      await page.waitForSelector('textarea');
      // A letter that has come takes the focus, once: not while somebody writes.
      await page.waitForFunction(() => document.activeElement?.matches('.letter h2') ?? false);
      await reach('textarea');
      await page.keyboard.press('Control+A');
      await page.keyboard.type('{"url":"/pricing","user_id":"ana"}');
      await reach('button.primary');
      await enter();
      await page.waitForFunction(
        () =>
          /Recorded as/.test(document.querySelector('[data-outcome]')?.textContent ?? '') ||
          document.querySelector('.pairs a') !== null,
      );
      const { rows } = await pages.application.database
        .writers()
        .query<{ state: string }>('select state from dead_letters where id = $1', [pages.letter]);
      expect(rows).toEqual([{ state: 'replayed' }]);
      await page.goBack();
      await page.waitForSelector('.letters');
    },
    PATIENCE_MS,
  );

  it(
    'none of 200 scripts runs, in any free text, in any view',
    async () => {
      const page = await pages.open('/dashboard/services');
      const ran: string[] = [];
      await page.exposeFunction('pwned', (which: unknown) => ran.push(String(which)));
      page.on('dialog', (dialog) => {
        ran.push(dialog.message());
        void dialog.dismiss();
      });
      for (const path of Object.values(pages.views)) await pages.go(page, path);
      await pages.go(page, '/dashboard/events');
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
        await pages.go(page, `/dashboard/users/${encodeURIComponent(PAYLOADS[at]!)}`);
        await page.locator('.timeline summary').first().click();
        await page.waitForSelector('.details');
      }
      await pages.go(page, '/dashboard/dead-letters?state=all');
      for (const at of [0, 12, 57, 99]) {
        await page.locator('.letters a').nth(at).click();
        await page.waitForSelector('.payload');
      }
      await pages.go(page, '/dashboard/alerts');
      const history = page.locator('table').last().locator('tbody tr');
      for (let shown = 50; shown < PAYLOADS.length; shown = await history.count()) {
        await page.getByRole('button', { name: 'Load more' }).click();
        await history.nth(shown).waitFor();
      }
      for (const at of [4, 12, 19]) {
        await pages.go(page, '/dashboard/alerts');
        await page.locator('table').first().locator('tbody a').nth(at).click();
        await page.waitForSelector('.rule-form');
      }
      await pages.go(page, '/dashboard/system');
      for (const conflict of await page.locator('.conflicts summary').all()) await conflict.click();
      // The check would notice: what runs is told.
      expect(ran).toEqual([]);
      await page.evaluate(() => (globalThis as unknown as { pwned: (which: number) => Promise<void> }).pwned(0));
      expect(ran).toEqual(['0']);
    },
    PATIENCE_MS,
  );

  it('a view that is not answered says so, and comes back', async () => {
    const page = await pages.open('/dashboard/events');
    await page.route('**/events?*', (route) => route.abort());
    await page.selectOption('select.btn >> nth=0', 'sale');
    await page.waitForSelector('[role="alert"]');
    await page.unroute('**/events?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.waitForSelector('table.list');
    expect(await page.locator('.state[role="alert"]').count()).toBe(0);
  });

  it('the longest name there may be leaves the figures beside it inside their card', async () => {
    const page = await pages.open('/dashboard/nothing');
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.route(/include=amounts/, async (route) => {
      const response = await route.fetch();
      const answer = (await response.json()) as { types: unknown };
      const types = [{ conversion_type: 'a'.repeat(64), conversions: 7 }];
      await route.fulfill({ response, json: { ...answer, types: { types } } });
    });
    await pages.go(page, '/dashboard?period=7d');
    const name = page.getByRole('link', { name: 'a'.repeat(64) });
    await name.waitFor();
    const beyond = await name.evaluate((link) => {
      const { right } = (link as unknown as PageElement).closest('table').getBoundingClientRect();
      return right - (link as unknown as PageElement).closest('.card').getBoundingClientRect().right;
    });
    expect(beyond).toBeLessThan(0);
  });

  it('asks for a key where one is needed', async () => {
    const page = await pages.open('/dashboard');
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
