import type { Page } from 'playwright-core';
import type { AlertRuleList, AlertRuleView } from '../../../src/alerts/application/answers/alert-rule.answer.js';
import { describeWithBrowser, painted, shows } from '../../support/browser.js';
import { SeededPages } from '../seeded-pages.js';
import { makeRule } from './seeded.js';

const PATIENCE_MS = 300_000;
/** The machine may be busy with other things. */
jest.setTimeout(PATIENCE_MS);
const A_RULE = { metric: 'total_clicks', period: '1h', condition: 'above', threshold: 100_000 };

/** The document of the page. */
declare const document: {
  readonly activeElement: { matches(selector: string): boolean } | null;
  querySelector(selector: string): { readonly textContent: string | null } | null;
  querySelectorAll(selector: string): readonly { readonly rows: { readonly length: number } }[];
};

describeWithBrowser('the view of alerts', () => {
  let pages: SeededPages;

  beforeAll(async () => {
    pages = await SeededPages.start();
  }, PATIENCE_MS);
  afterEach(() => pages.closePages());
  afterAll(() => pages.stop());

  const rulesNamed = async (name: string): Promise<readonly AlertRuleView[]> => {
    const { rules } = (await (await fetch(`${pages.application.url}/alerts/rules`)).json()) as AlertRuleList;
    return rules.filter((rule) => rule.name === name);
  };
  const tabTo = async (page: Page, selector: string) => {
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    }
    throw new Error(`${selector} is not reached`);
  };
  const write = async (page: Page, selector: string, text: string) => {
    await tabTo(page, selector);
    await page.keyboard.press('Control+A');
    await page.keyboard.type(text);
  };
  const press = (page: Page, name: string) => page.locator('.actions').getByRole('button', { name }).click();
  const said = (page: Page, selector: string, text: RegExp) =>
    page.waitForFunction(
      ([where, wanted]) => new RegExp(wanted).test(document.querySelector(where)?.textContent ?? ''),
      [selector, text.source] as const,
    );

  it(
    'by the keyboard alone a rule is made; its secret is shown this once',
    async () => {
      const page = await pages.open('/dashboard/alerts');
      // It is offered when the page knows whose session it is.
      await page.waitForSelector('header a.primary');
      await tabTo(page, 'header a.primary');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.rule-form');
      await write(page, '#field-name', 'made by the keyboard');
      await tabTo(page, '#field-metric');
      await page.keyboard.press('ArrowDown');
      await page.waitForFunction(() => document.querySelector('#field-min_clicks') === null);
      await write(page, '#field-threshold', '100000');
      await write(page, '#field-for_minutes', '3');
      await said(page, '.says', /held for 3 minutes: clicks in the last hour below 100,000/);
      await write(page, '#field-webhook_url', 'https://hooks.example.com/secret-path');
      await said(page, '.says', /hooks\.example\.com is told/);
      await page.keyboard.press('Enter');
      await page.waitForSelector('.secret pre');
      expect(await page.textContent('.secret pre')).toMatch(/^whsec_/);
      const [rule] = await rulesNamed('made by the keyboard');
      expect(rule).toMatchObject({ metric: 'total_clicks', threshold: 100_000, for_minutes: 3, period: '1h' });
      expect(new URL(page.url()).pathname).toBe(`/dashboard/alerts/${rule!.id}`);
      await page.reload();
      await page.waitForSelector('.rule-form');
      expect(await page.locator('.secret').count()).toBe(0);
    },
    PATIENCE_MS,
  );

  it(
    'a rule is changed, muted, disabled, given another secret, tried, and deleted',
    async () => {
      const webhook_url = 'https://hooks.example.com/x';
      const { id } = await makeRule(pages.application, { ...A_RULE, name: 'handled', webhook_url });
      const page = await pages.open(`/dashboard/alerts/${id}`);
      const rule = async () => (await rulesNamed('handled'))[0];
      await page.fill('#field-threshold', '7');
      await page.getByRole('button', { name: 'Save' }).click();
      await said(page, '[data-outcome]', /Saved/);
      expect(await rule()).toMatchObject({ threshold: 7, webhook_url });

      await page.locator('.actions summary').click();
      await page.getByRole('button', { name: 'for 8 hours' }).click();
      await page.locator('.actions').getByRole('button', { name: 'Unmute' }).waitFor();
      const until = Date.parse((await rule())!.muted_until!) - Date.now();
      expect([until > 7 * 3_600_000, until < 9 * 3_600_000]).toEqual([true, true]);
      await press(page, 'Unmute');
      await page.locator('.actions summary').waitFor();
      expect(await rule()).toMatchObject({ muted_until: null, threshold: 7 });

      // What somebody else saves meanwhile, this page learns seconds later; an action changes nothing of it.
      const body = JSON.stringify({ ...A_RULE, name: 'handled', webhook_url, for_minutes: 0, threshold: 8 });
      const headers = { 'content-type': 'application/json' };
      const saved = await fetch(`${pages.application.url}/alerts/rules/${id}`, { method: 'PUT', headers, body });
      expect(saved.status).toBe(200);
      await press(page, 'Disable');
      await page.locator('.actions').getByRole('button', { name: 'Enable' }).waitFor();
      expect(await rule()).toMatchObject({ enabled: false, threshold: 8, webhook_url });

      await press(page, 'New signing secret');
      await page.waitForSelector('.secret pre');
      await page.getByRole('button', { name: 'I have kept it' }).click();
      await shows(() => page.locator('.secret').count(), 0);

      const outcome = { notification_id: 'msg_1', delivered: false, detail: 'hooks.example.com: 500' };
      await page.route('**/alerts/rules/*/test', (route) => route.fulfill({ json: outcome }));
      await press(page, 'Send a test');
      await said(page, '[data-done]', /Not delivered: hooks\.example\.com: 500/);

      await press(page, 'Delete');
      await page.getByRole('button', { name: 'Cancel' }).click();
      expect(await rule()).toBeDefined();
      await press(page, 'Delete');
      await page.locator('dialog[open] button.primary').click();
      await page.waitForURL(/\/dashboard\/alerts$/);
      expect(await rule()).toBeUndefined();
    },
    PATIENCE_MS,
  );

  it('what the service finds wrong stands beside its field, and nothing that was written is lost', async () => {
    const page = await pages.open('/dashboard/alerts/new');
    await page.fill('#field-name', 'a rule of no currency');
    await page.selectOption('#field-metric', 'revenue');
    await page.fill('#field-currency', 'ZZZ');
    await page.getByRole('button', { name: 'Make the rule' }).click();
    await page.waitForSelector('#field-currency[aria-invalid]');
    expect(await page.textContent('#field-currency-problem')).toContain('ISO 4217');
    expect(await page.inputValue('#field-name')).toBe('a rule of no currency');
  });

  it('of what is judged by now no window and no week before is offered', async () => {
    const page = await pages.open('/dashboard/alerts/new');
    await page.selectOption('#field-condition', 'drops_by_pct');
    await page.selectOption('#field-metric', 'dead_letters');
    await said(page, '.says', /Right now: 201/);
    expect(await page.locator('#field-period').count()).toBe(0);
    expect(await page.locator('#field-condition option').allTextContents()).toEqual(['falls below', 'rises above']);
  });

  it('tells what fires above every view, and leads to its rule', async () => {
    const page = await pages.open('/dashboard/system');
    await page.waitForSelector('.alert-line');
    expect(await page.textContent('.alert-line')).toContain('Open dead letters: 201 (fires above 10)');
    expect(await page.locator('nav a[href^="/dashboard/alerts"] .n').first().textContent()).toContain('1');
    await page.click('.alert-line a');
    await page.waitForURL(new RegExp(`/dashboard/alerts/${pages.firingRule}`));
    await page.waitForSelector('.rule-form');
  });

  it('draws what a rule watched and where it fires, with a table behind', async () => {
    const { id } = await makeRule(pages.application, { ...A_RULE, name: 'drawn', threshold: 5_000 });
    const page = await pages.open(`/dashboard/alerts/${id}`);
    await page.waitForSelector('.line-chart canvas');
    // Both move the chart down, when they come.
    await page.waitForSelector('.alert-line');
    await page.waitForSelector('.actions');
    await painted(page);
    const box = (await page.locator('.line-chart').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 3 });
    await page.waitForSelector('.readout');
    expect(await page.locator('.readout').textContent()).toContain('limit5,000');
    await page.locator('.behind summary').click();
    expect(await page.locator('.behind tbody tr').count()).toBeGreaterThanOrEqual(24);
  });

  it('says why a rule is not judged, and narrows the history by the address', async () => {
    const page = await pages.open('/dashboard/alerts');
    const rules = page.locator('table').first();
    await rules.getByText('not judged: not all that was published is counted yet').waitFor();
    await rules.getByText('pending for').waitFor();
    await page.getByRole('button', { name: 'pending', exact: true }).click();
    await page.waitForURL(/state=pending/);
    await page.waitForFunction(() => document.querySelectorAll('table')[1]?.rows.length === 2);
    await page.goBack();
    await page.waitForURL((url) => !url.searchParams.has('state'));
  });

  it.each([
    ['read', false],
    ['admin', true],
  ])('for the role %s rules can be changed: %s', async (role, may) => {
    const page = await pages.open('/dashboard');
    const session = { role, key_id: 'k', name: 'k', expires_at: null };
    await page.route('**/session', (route) => route.fulfill({ json: session }));
    // Before the page knows whose session it is, it offers nothing.
    const go = async (path: string) => {
      await pages.go(page, path);
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
    };
    await go('/dashboard/alerts');
    expect(await page.getByRole('link', { name: 'New rule' }).count()).toBe(may ? 1 : 0);
    await go(`/dashboard/alerts/${pages.firingRule}`);
    await page.waitForSelector('.facts');
    expect(await page.locator('.actions').count()).toBe(may ? 1 : 0);
    expect(await page.locator('.rule-form').count()).toBe(may ? 1 : 0);
    await go('/dashboard/alerts/new');
    expect(await page.locator('.rule-form').count()).toBe(may ? 1 : 0);
    await go('/dashboard/system');
    await page.getByRole('heading', { name: 'Regions' }).waitFor();
    expect(await page.getByRole('button', { name: 'Merge now: b' }).count()).toBe(may ? 1 : 0);
  });

  it('asks for a key where one is needed, once', async () => {
    const page = await pages.open('/dashboard');
    const problem = { status: 401, contentType: 'application/problem+json', body: '{"detail":"x","request_id":"r"}' };
    await page.route(/\/alerts(\/rules)?(\?|$)/, (route) => route.fulfill(problem));
    await page.locator('nav a[href^="/dashboard/alerts"]').first().click();
    await page.getByRole('heading', { name: 'A key is needed for this' }).waitFor();
    await shows(() => page.locator('.skeleton').count(), 0);
    expect(await page.getByRole('heading', { name: 'A key is needed for this' }).count()).toBe(1);
  });
});
