import type { Page } from 'playwright-core';
import { analysts as words } from '../../src/web/app/src/language/analysts.en.js';
import { describeWithBrowser, shows } from '../support/browser.js';
import { SeededPages, WALKERS } from './seeded-pages.js';

const PATIENCE_MS = 300_000;

/** The page's document: functions that are evaluated in the page are written here, where there is none. */
declare const document: {
  readonly activeElement: { matches(selector: string): boolean } | null;
  querySelector(selector: string): { readonly textContent: string | null } | null;
  querySelectorAll(selector: string): { readonly length: number };
};

describeWithBrowser('what analysts look at', () => {
  jest.setTimeout(PATIENCE_MS);
  let pages: SeededPages;

  beforeAll(async () => {
    pages = await SeededPages.start();
  }, PATIENCE_MS);
  afterEach(() => pages.closePages());
  afterAll(() => pages.stop());

  const ask = async (path: string) =>
    (await (await fetch(pages.application.url + path)).json()) as Record<string, Record<string, string>>;
  const figure = (page: Page, name: string) => page.locator(`[data-figure="${name}"]`).textContent();
  const counts = (page: Page) => page.locator('[data-count]').allTextContents();
  const parameter = (page: Page, name: string) => new URL(page.url()).searchParams.get(name);
  const reach = async (page: Page, selector: string, key: 'Tab' | 'Shift+Tab' = 'Tab') => {
    for (let presses = 0; presses < 80; presses++) {
      await page.keyboard.press(key);
      if (await page.evaluate(ON, selector)) return;
    }
    throw new Error(`${selector} is not reached by ${key}`);
  };

  it.each(['/funnel', '/paths?from=/', '/retention', '/users/ana/journey'])(
    'is defined in English as %s defines it',
    async (path) => {
      const { definitions } = await ask(path);
      expect(Object.keys(definitions!).length).toBeGreaterThan(1);
      for (const [name, text] of Object.entries(definitions!)) {
        expect([name, words[`means_${name}` as keyof typeof words]]).toEqual([name, text]);
      }
    },
  );

  it('a funnel shows how many came how far, with a table behind it', async () => {
    const page = await pages.open(`${pages.views.funnel!}&within=1h`);
    expect(await counts(page)).toEqual([String(WALKERS), '2', '1']);
    expect([await figure(page, 'began'), await figure(page, 'finished'), await figure(page, 'rate')]).toEqual([
      String(WALKERS),
      '1',
      '16.67 %',
    ]);
    expect(await page.locator('.loss').allTextContents()).toEqual([
      expect.stringMatching(/^4 went no further \(66.67 %\)half took up to 5 min, 90 % up to 5 min$/),
      expect.stringMatching(/^1 went no further \(50.00 %\)/),
    ]);
    await page.locator('.behind summary').first().click();
    const table = page.locator('.behind table');
    expect(await table.locator('tbody tr').allTextContents()).toEqual([
      expect.stringContaining('View of a page · /6'),
      expect.stringContaining('Conversion of a type · signup2'),
      expect.stringContaining('Sale1'),
    ]);
  });

  it('a funnel is built with a keyboard alone, and Back takes it back', async () => {
    const page = await pages.open('/dashboard?period=24h');
    await reach(page, 'nav a[href^="/dashboard/funnel"]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-figure="began"]');
    expect(parameter(page, 'period')).toBe('24h');

    await reach(page, '[data-step="1"] select');
    await page.keyboard.type('View');
    // It asks for what is missing, and the address waits for that.
    await page.getByText('Say which one').waitFor();
    await reach(page, '[data-step="1"] input');
    expect(parameter(page, 'steps')).toBeNull();
    await page.keyboard.type('/');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('steps') === 'view@/,conversion,sale');
    await page.waitForFunction(COUNTED, ['1', String(WALKERS)]);

    await reach(page, '[data-step="3"] [data-act="up"]');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('steps') === 'view@/,sale,conversion');
    await page.waitForFunction(ON, '[data-step="2"] [data-act="up"]');
    await page.keyboard.press('Shift+Tab');
    await reach(page, '[data-step="3"] [data-act="remove"]');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('steps') === 'view@/,sale');
    await page.waitForFunction(COUNTED, ['2', '1']);
    // Fewer make no funnel.
    await shows(() => page.locator('[data-act="remove"]:disabled').count(), 2);
    await reach(page, '[data-act="add"]');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('steps') === 'view@/,sale,sale');
    await page.waitForFunction(ON, '[data-step="3"] select');

    await page.goBack();
    await page.waitForURL((url) => url.searchParams.get('steps') === 'view@/,sale');
    await shows(() => page.locator('[data-step]').count(), 2);
  });

  it('a funnel takes what else it depends on from its address', async () => {
    const query = 'steps=view%40%2F,sale&by=session&within=45m&page_url=%2F&compare=week&period=24h';
    const page = await pages.open(`/dashboard/funnel?${query}`);
    const { searchParams } = new URL(await requestOf(page, '/funnel'));
    expect(Object.fromEntries(searchParams)).toMatchObject({
      steps: 'view@/,sale',
      by: 'session',
      within: '45m',
      page_url: '/',
      compare: 'week',
      period: '24h',
    });
    expect(await page.locator('select:has(option[value="45m"])').inputValue()).toBe('45m');
  });

  it('paths are walked with a keyboard, each choice in the address, with the whole tree behind', async () => {
    const page = await pages.open(pages.views.paths!);
    expect([await figure(page, 'sessions'), await figure(page, 'others'), await figure(page, 'ended')]).toEqual([
      String(WALKERS + 2),
      String(WALKERS + 2),
      '0',
    ]);
    const columns = page.locator('.walk > li');
    expect(await columns.first().locator('.name').allTextContents()).toEqual(['/albums', '/tours']);
    await reach(page, '.walk > li:first-child li:nth-child(2) a');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('way') === '/tours');
    await shows(
      () => page.locator('.walk [aria-current]').allTextContents(),
      [expect.stringContaining('/tours'), expect.stringContaining('/cart')],
    );
    expect(await page.locator('.way').textContent()).toContain('2 sessions took this way: 25.00 % of all on /');
    await page.locator('.behind summary').first().click();
    const { nodes } = await ask('/paths?from=/&period=7d');
    expect(nodes!.length).toBeGreaterThan(1);
    // The table is made when the browser tells that it was opened, which is later.
    await shows(() => page.locator('.behind tbody tr').count(), nodes!.length);
    await page.goBack();
    await page.waitForURL((url) => url.searchParams.get('way') === null);

    await page.getByRole('button', { name: 'Where they come from' }).click();
    await page.waitForURL(/direction=to/);
    await page.fill('.page-choice input', '/cart');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('page_url') === '/cart');
    await page.waitForFunction(FIRST_COLUMN, '1 step before');
  });

  it('retention shows shares or users, by day or week', async () => {
    const page = await pages.open('/dashboard/retention?tz=UTC');
    const shownOf = async (path: string) => {
      const { cohorts } = (await ask(path)) as unknown as { cohorts: { users: number }[] };
      return cohorts.slice(cohorts.findIndex((cohort) => cohort.users > 0));
    };
    const cohorts = await shownOf('/retention?tz=UTC');
    const rows = page.locator('.cohorts tbody tr');
    expect(cohorts.length).toBeGreaterThan(1);
    expect(await rows.count()).toBe(cohorts.length + 1);
    const users = cohorts.reduce((sum, cohort) => sum + cohort.users, 0);
    expect([await figure(page, 'users'), await rows.first().locator('td').first().textContent()]).toEqual([
      String(users),
      String(users),
    ]);
    // For the two of yesterday, today runs still.
    expect(await rows.nth(1).textContent()).toContain('it still runs');
    await page.getByRole('button', { name: 'Users', exact: true }).click();
    await page.waitForURL(/show=users/);
    await page.getByRole('button', { name: 'Weeks' }).click();
    await page.waitForURL(/interval=week/);
    await page.getByText('Last 12 weeks').waitFor();
    await page.waitForFunction(ROWS, (await shownOf('/retention?tz=UTC&interval=week')).length + 1);
  });
});

/** The address that the view asks when it is opened anew. */
async function requestOf(page: Page, path: string): Promise<string> {
  const [request] = await Promise.all([
    page.waitForRequest((one) => new URL(one.url()).pathname === path),
    page.reload(),
  ]);
  return request.url();
}

const ON = (selector: string) => document.activeElement?.matches(selector) ?? false;
const COUNTED = ([step, count]: readonly string[]) =>
  document.querySelector(`[data-count="${step}"]`)?.textContent === count;
const FIRST_COLUMN = (title: string) => document.querySelector('.walk h3')?.textContent === title;
const ROWS = (count: number) => document.querySelectorAll('.cohorts tbody tr').length === count;
