import { describeWithBrowser } from '../support/browser.js';
import { pathWith, PAYLOADS } from './payloads.js';
import { SeededPages, WALKERS, TEXTS_OF_YESTERDAY } from './seeded-pages.js';

const PATIENCE_MS = 300_000;

/** The page's document: functions that are evaluated in the page are written here, where there is none. */
declare const document: {
  readonly documentElement: { readonly scrollWidth: number; readonly clientWidth: number };
  querySelector(selector: string): { readonly textContent: string | null } | null;
};

describeWithBrowser('the states of what analysts look at', () => {
  jest.setTimeout(PATIENCE_MS);
  let pages: SeededPages;

  beforeAll(async () => {
    pages = await SeededPages.start();
  }, PATIENCE_MS);
  afterEach(() => pages.closePages());
  afterAll(() => pages.stop());

  describe.each([
    ['funnel', '/dashboard/funnel', '**/funnel?*', '[data-figure="began"]'],
    ['paths', '/dashboard/paths?page_url=%2F', '**/paths?from*', '.walk a'],
    ['retention', '/dashboard/retention', '**/retention?*', '.cohorts'],
    ['a user', '/dashboard/users/walker-0', '**/users/*/journey*', '.timeline'],
  ])('%s', (_, path, request, shows) => {
    it('says that it loads, that it failed, and comes back', async () => {
      const page = await pages.open('/dashboard/nowhere');
      let failing = true;
      await page.route(request, (route) => (failing ? route.abort() : route.continue()));
      await page.goto(pages.application.url + path);
      await page.waitForSelector('.state[role="alert"]');
      failing = false;
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.locator(shows).first().waitFor();
      expect(await page.locator('.state[role="alert"]').count()).toBe(0);

      let answer = () => {};
      const held = new Promise<void>((resolve) => (answer = resolve));
      await page.route(request, async (route) => {
        await held;
        await route.continue();
      });
      await page.goto(pages.application.url + path);
      await page.waitForSelector('.skeleton');
      answer();
      await page.locator(shows).first().waitFor();
    });

    it('asks for a key where one is needed', async () => {
      const page = await pages.open('/dashboard/nowhere');
      const problem = { status: 401, contentType: 'application/problem+json', body: '{"detail":"x","request_id":"r"}' };
      await page.route(request, (route) => route.fulfill(problem));
      await page.goto(pages.application.url + path);
      await page.getByRole('heading', { name: 'A key is needed for this' }).waitFor();
    });

    it('says what is missing in it', async () => {
      const page = await pages.open('/dashboard/nowhere');
      await page.route(request, async (route) => {
        const whole = (await (await route.fetch()).json()) as Record<string, unknown>;
        const missing = [{ topic: 'persistent://public/default/sales', reason: 'lagging', detail: 'x' }];
        await route.fulfill({ json: { ...whole, complete: false, missing } });
      });
      await page.goto(pages.application.url + path);
      await page.getByText('Part of this is missing: sales lags behind').waitFor();
      await page.locator(shows).first().waitFor();
    });

    it('fits a phone', async () => {
      const page = await pages.open(path, { viewport: { width: 390, height: 844 } });
      await page.locator(shows).first().waitFor();
      const [wide, room] = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return [scrollWidth, clientWidth] as const;
      });
      expect(wide).toBeLessThanOrEqual(room);
    });
  });

  it.each([
    ['/dashboard/funnel?from=2001-01-01T00:00:00Z&to=2001-01-02T00:00:00Z', 'Nothing yet'],
    ['/dashboard/funnel?steps=view%40%2Fnowhere,sale', 'Nobody did the first step in this window'],
    ['/dashboard/paths?page_url=%2Fnowhere', 'No session was on this page'],
    ['/dashboard/retention?from=2001-01-01T00:00:00Z&to=2001-01-02T00:00:00Z', 'Nobody was seen for the first time'],
    ['/dashboard/users/nobody', 'Nothing is known of this user'],
    ['/dashboard/users/ana?from=2001-01-01T00:00:00Z&to=2001-01-02T00:00:00Z', 'Nothing in this range'],
  ])('%s says that there is nothing', async (path, says) => {
    const page = await pages.open(path);
    await page.getByRole('heading', { name: says }).waitFor();
  });

  it('figures of the question before are pale until those of the present one are there', async () => {
    const page = await pages.open('/dashboard/funnel?steps=view%40%2F,sale');
    let answer = () => {};
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route('**/funnel?*by=session*', async (route) => {
      await held;
      await route.continue();
    });
    await page.getByRole('button', { name: 'Sessions' }).click();
    await page.waitForSelector('.funnel.old');
    expect(await page.getAttribute('.funnel', 'aria-busy')).toBe('true');
    answer();
    await page.waitForFunction(COUNTED, ['1', String(WALKERS + 2)]);
    expect(await page.locator('.old').count()).toBe(0);
  });

  it('no script runs, in whatever a view takes from its address or from events', async () => {
    const page = await pages.open('/dashboard/nowhere');
    const ran: string[] = [];
    await page.exposeFunction('pwned', (which: unknown) => ran.push(String(which)));
    page.on('dialog', (dialog) => {
      ran.push(dialog.message());
      void dialog.dismiss();
    });
    for (const at of [0, 9, 27, 45, 62, 77, 88, 104, 121, 150, 199]) {
      const text = PAYLOADS[at]!;
      const step = (name: string) => encodeURIComponent(name.replace(/[%,]/g, (sign) => encodeURIComponent(sign)));
      const place = encodeURIComponent(pathWith(text));
      const steps = [`click@${pathWith(text)}`, `conversion:${text.slice(0, 64)}`].map(step).join(',');
      await pages.go(page, `/dashboard/funnel?steps=${steps}&page_url=${place}&compare=${encodeURIComponent(text)}`);
      // It is the text that was asked for, and the events that hold it are found.
      const times = at < TEXTS_OF_YESTERDAY ? '2' : '1';
      expect([text, await page.locator('[data-count]').allTextContents()]).toEqual([text, [times, times]]);
      await page.locator('.behind summary').first().click();
      await page.locator('.behind tbody tr').first().waitFor();
      await pages.go(page, `/dashboard/paths?page_url=${place}&way=${place}`);
      expect([text, await page.locator('[data-figure="sessions"]').textContent()]).toEqual([text, '1']);
      await page.locator('.behind summary').first().click();
      await page.locator('.behind tbody tr').first().waitFor();
      await pages.go(page, `/dashboard/users/${encodeURIComponent(text)}`);
      await page.locator('.timeline summary').first().click();
      await page.waitForSelector('.details');
      const other = encodeURIComponent(text);
      await pages.go(page, `/dashboard/retention?tz=${other}&interval=${other}&from=${other}&to=${other}`);
      await page.waitForSelector('.cohorts');
    }
    expect(ran).toEqual([]);
    await page.evaluate(() => (globalThis as unknown as { pwned: (which: number) => Promise<void> }).pwned(0));
    expect(ran).toEqual(['0']);
  });
});

const COUNTED = ([step, count]: readonly string[]) =>
  document.querySelector(`[data-count="${step}"]`)?.textContent === count;
