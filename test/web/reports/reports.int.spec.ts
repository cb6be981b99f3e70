import { readFile } from 'node:fs/promises';
import type { Report } from '../../../src/metrics/application/answers/report.answer.js';
import { describeWithBrowser } from '../../support/browser.js';
import { SeededPages } from '../seeded-pages.js';

const PATIENCE_MS = 300_000;
/** The machine may be busy with other things. */
jest.setTimeout(PATIENCE_MS);
/** Its clocks are never changed, so that 24 hours ago was yesterday. */
const TZ = 'Asia/Kolkata';
const DAILY = `/dashboard/reports?report=daily&tz=${TZ}`;

/** The document of the page. */
declare const document: { readonly body: unknown; readonly documentElement: unknown };
declare const getComputedStyle: (of: unknown) => { readonly color: string };

describeWithBrowser('the view of reports', () => {
  let pages: SeededPages;

  beforeAll(async () => {
    pages = await SeededPages.start();
  }, PATIENCE_MS);
  afterEach(() => pages.closePages());
  afterAll(() => pages.stop());

  const ask = (report: string, accept = 'application/json') =>
    fetch(`${pages.application.url}/reports/${report}?tz=${TZ}`, { headers: { accept } });

  it('shows what the service answers, beside the one before, in the zone of the address', async () => {
    const report = (await (await ask('daily')).json()) as Report;
    expect(report.total_clicks).toBeGreaterThan(0);
    const page = await pages.open(DAILY);
    await page.waitForSelector('.paired svg');
    const shown = async (field: string) => await page.textContent(`[data-figure="${field}"]`);
    const number = (value: number) => new Intl.NumberFormat('en').format(value);
    expect(await shown('total_clicks')).toBe(number(report.total_clicks));
    expect(await shown('total_sales')).toBe(number(report.total_sales));
    const figures = page.getByRole('region', { name: 'All figures' });
    const row = (name: string) => figures.locator('tr', { hasText: name }).locator('td').allTextContents();
    expect((await row('Conversions')).slice(1, 3)).toEqual(
      [report.total_conversions, report.comparison.total_conversions].map(number),
    );
    expect(await row('Revenue, EUR')).toContain(`${report.revenue.find(({ currency }) => currency === 'EUR')?.amount}`);
    const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'long', year: 'numeric', timeZone: TZ });
    expect(await page.textContent('.sheet h2')).toContain(day.format(Date.parse(report.window.from) + 1));
    // A day by its hours; the table holds as many.
    await page.locator('.behind summary').click();
    expect(await page.locator('.behind tbody tr').count()).toBeGreaterThanOrEqual(23);
  });

  it('goes from day to month and back by the address', async () => {
    const page = await pages.open(DAILY);
    await page.getByRole('button', { name: 'Month', exact: true }).click();
    await page.waitForURL(/report=monthly/);
    await page.goBack();
    await page.waitForURL(/report=daily/);
    await page.waitForSelector('.paired svg');
  });

  it('is saved as what the service answers in CSV', async () => {
    const page = await pages.open(DAILY);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^daily-\d{4}-\d{2}-\d{2}\.csv$/);
    expect(await readFile(await download.path(), 'utf8')).toBe(await (await ask('daily', 'text/csv')).text());
  });

  it('prints on one sheet of A4, light whatever the page is', async () => {
    const page = await pages.open(DAILY, { colorScheme: 'dark' });
    await page.waitForSelector('.paired svg');
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('nav').isVisible()).toBe(false);
    expect(await page.locator('header').first().isVisible()).toBe(false);
    expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe('rgb(29, 28, 26)');
    const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1');
    expect(pdf.match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(1);
    expect(pdf).toMatch(/\/MediaBox\s*\[0 0 59[45][.\d]* 84[12]/);
  });

  it('says what to do where the one that is over has no events', async () => {
    const empty = (await (await ask('daily')).json()) as Report;
    const none = { total_clicks: 0, total_conversions: 0, total_sales: 0, total_votes: 0, total_views: 0 };
    const json = { ...empty, ...none, comparison: { ...empty.comparison, ...none } };
    const page = await pages.open('/dashboard');
    await page.route('**/reports/daily*', (route) => route.fulfill({ json }));
    await pages.go(page, DAILY);
    await page.getByRole('heading', { name: 'Nothing yet' }).waitFor();
    expect(await page.getByRole('button', { name: 'Save as CSV' }).count()).toBe(0);
  });
});
