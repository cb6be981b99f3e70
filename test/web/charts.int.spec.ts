import type { Page } from 'playwright-core';
import { describeWithBrowser, painted, shows } from '../support/browser.js';
import { SeededPages } from './seeded-pages.js';

const PATIENCE_MS = 300_000;

describeWithBrowser('the charts of a view', () => {
  let pages: SeededPages;

  beforeAll(async () => {
    pages = await SeededPages.start();
  }, PATIENCE_MS);
  afterEach(() => pages.closePages());
  afterAll(() => pages.stop());

  /** In parts of a chart's width. */
  const pointAt = async (page: Page, chart: string, part: number) => {
    // It moves what lies below it, when it comes.
    await page.waitForSelector('.alert-line');
    await painted(page);
    const box = (await page.locator(chart).first().boundingBox())!;
    await page.mouse.move(box.x + box.width * part, box.y + box.height / 2, { steps: 3 });
  };
  const titles = (page: Page) => page.locator('.readout b').allTextContents();

  it('all read the moment that one is pointed at', async () => {
    const page = await pages.open('/dashboard/live');
    await page.waitForSelector('.bars svg');
    await pointAt(page, '.bars', 0.5);
    await page.waitForFunction(READOUTS, 2);
    const [one, other] = await titles(page);
    expect(one).toBe(other);
    await page.mouse.move(0, 0);
    await page.waitForFunction(READOUTS, 0);
    await pointAt(page, '.line-chart', 0.5);
    await page.waitForFunction(READOUTS, 2);
  });

  it('of the overview is pointed at in the tiles too, and dragging over it looks closer; Back looks as before', async () => {
    const page = await pages.open('/dashboard?period=1h');
    await page.waitForSelector('.line-chart canvas');
    // With the limits of rules the chart is made anew, and forgets what was pointed at.
    await page.getByText('Dashed: where an alert fires').waitFor();
    await pointAt(page, '.line-chart', 0.4);
    await page.waitForFunction(READOUTS, 1);
    await shows(() => page.locator('.tile svg path:nth-of-type(2)').count(), 4);
    await page.mouse.down();
    await pointAt(page, '.line-chart', 0.7);
    await page.mouse.up();
    await page.waitForURL(/from=/);
    const { searchParams } = new URL(page.url());
    const length = Date.parse(searchParams.get('to')!) - Date.parse(searchParams.get('from')!);
    expect(length).toBeGreaterThan(600_000);
    expect(length).toBeLessThan(1_800_000);
    await page.goBack();
    await page.waitForURL(/period=1h/);
  });

  it('are drawn where the browser names a language that is none', async () => {
    const page = await pages.open('/dashboard');
    await page.addInitScript(`Object.defineProperty(Navigator.prototype, 'language', { get: () => 'en-US@posix' })`);
    await page.reload();
    await page.waitForSelector('.line-chart canvas');
  });

  it.each([
    ['/dashboard', 1],
    ['/dashboard/live', 2],
    ['/dashboard/system', 2],
  ])('of %s have a table behind each', async (path, charts) => {
    const page = await pages.open(path);
    await page.waitForFunction(CHARTS, charts);
    const behind = page.locator('.behind');
    expect(await behind.count()).toBe(charts);
    for (let at = 0; at < charts; at++) {
      await behind.nth(at).locator('summary').click();
      await behind.nth(at).locator('tbody tr').first().waitFor();
    }
  });
});

const READOUTS = (count: number) => document.querySelectorAll('.readout').length === count;
const CHARTS = (count: number) => document.querySelectorAll('.line-chart, .bars').length === count;

/** The document of the page. */
declare const document: { querySelectorAll(selector: string): { readonly length: number } };
