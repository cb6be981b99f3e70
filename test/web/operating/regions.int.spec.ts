import type { Regions } from '../../../src/regions/application/answers/regions.answer.js';
import { describeWithBrowser } from '../../support/browser.js';
import { eventually } from '../../support/waiting.js';
import { SeededPages } from '../seeded-pages.js';

const PATIENCE_MS = 300_000;
/** The machine may be busy with other things. */
jest.setTimeout(PATIENCE_MS);

describeWithBrowser('the regions in the view of the system', () => {
  let pages: SeededPages;

  beforeAll(async () => {
    pages = await SeededPages.start();
  }, PATIENCE_MS);
  afterEach(() => pages.closePages());
  afterAll(() => pages.stop());

  it('stand there with their last merges; what differs in a conflict is marked', async () => {
    const page = await pages.open('/dashboard/system');
    const merges = page.getByRole('region', { name: 'Last merges' });
    await merges.waitFor();
    expect(await merges.locator('tbody tr').count()).toBe(12);
    expect(await merges.textContent()).toContain('4 dead letters stay there');
    const conflicts = page.locator('.conflicts details');
    expect(await conflicts.count()).toBe(20);
    await conflicts.first().locator('summary').click();
    const row = (field: string) => conflicts.first().locator('tr', { has: page.getByText(field, { exact: true }) });
    expect(await row('amount').locator('mark').allTextContents()).toEqual(['1', '2']);
    expect(await row('currency').locator('mark').count()).toBe(0);
  });

  it('are merged on demand, and the page tells what came of it', async () => {
    const page = await pages.open('/dashboard/system');
    await page.getByRole('button', { name: 'Merge now: b' }).click();
    await page.locator('[data-begun]', { hasText: 'Begun' }).waitFor();
    const regions = async () => (await (await fetch(`${pages.application.url}/regions`)).json()) as Regions;
    await eventually(async () => (await regions()).merges[0]!.state === 'failed', {
      within: 60_000,
      what: 'a merge of a region that nobody serves has failed',
    });
    expect((await regions()).merges[0]).toMatchObject({ from: 'b', dry_run: false, code: 'unreachable' });
    await page.getByRole('region', { name: 'Regions' }).getByText('cannot be reached').waitFor();
  });
});
