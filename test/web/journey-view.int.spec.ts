import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { describeWithBrowser, painted, shows } from '../support/browser.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { SeededPages } from './seeded-pages.js';

const PATIENCE_MS = 300_000;

/** The page's document: functions that are evaluated in the page are written here, where there is none. */
declare const document: { querySelectorAll(selector: string): { readonly length: number } };

describeWithBrowser('the view of a user', () => {
  jest.setTimeout(PATIENCE_MS);
  let pages: SeededPages;

  beforeAll(async () => {
    pages = await SeededPages.start();
    await recordRows(pages.application.store, [...visitsOf('rule', pages), ...busy(pages)]);
  }, PATIENCE_MS);
  afterEach(() => pages.closePages());
  afterAll(() => pages.stop());

  const figure = (page: Page, name: string) => page.locator(`[data-figure="${name}"]`).textContent();

  it('a user is shown by session: by id, else by half an hour of silence', async () => {
    const page = await pages.open('/dashboard/users/rule');
    const sessions = page.locator('section.card:has(.timeline)');
    expect(await sessions.locator('h2').allTextContents()).toEqual([
      'Session a',
      'Without a session',
      'Without a session',
      'Session b',
    ]);
    const sizes = [];
    for (const one of await sessions.all()) sizes.push(await one.locator('.timeline > li').count());
    expect(sizes).toEqual([2, 2, 1, 1]);
    expect(await sessions.first().locator('.sub').textContent()).toContain('20 s long · 2 events');
    expect(await page.locator('.gap').allTextContents()).toEqual(['30 min without an event']);
    expect([await figure(page, 'total_sessions'), await figure(page, 'total_events')]).toEqual(['4', '6']);
  });

  it('a user of many events is read on, and each opens to all that is known', async () => {
    const page = await pages.open('/dashboard/users/busy');
    expect(await page.locator('.timeline > li').count()).toBe(200);
    await page.getByText('200 of 250 events shown so far').waitFor();
    const pagesRead: string[] = [];
    page.on('requestfinished', (request) => {
      if (request.url().includes('cursor=')) pagesRead.push(request.url());
    });
    let answer = () => {};
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route(/cursor=/, async (route) => {
      await held;
      await route.continue();
    });
    // Whoever presses twice, before the first answer, asks twice for one page.
    await page.getByRole('button', { name: 'Load more' }).dblclick();
    answer();
    await page.waitForFunction(EVENTS, 250);
    await shows(() => pagesRead.length, 2);
    await painted(page);
    expect(await page.evaluate(EVENTS, 250)).toBe(true);
    expect(await page.locator('section.card:has(.timeline)').count()).toBe(1);
    await page.locator('.timeline summary').last().click();
    await page.locator('.details').getByText('Properties').click();
    expect(await page.locator('.details pre').textContent()).toContain('"place": 249');
  });

  it('a user is found by an id', async () => {
    const page = await pages.open('/dashboard/users');
    await page.getByLabel('User', { exact: true }).fill('walker-1');
    await page.keyboard.press('Enter');
    await page.waitForURL(/users\/walker-1$/);
    await page.locator('.timeline').first().waitFor();
  });
});

const EVENTS = (count: number) => document.querySelectorAll('.timeline > li').length === count;

/** Two sessions with an id, and events without one: half an hour and more apart they are of two. */
function visitsOf(user_id: string, { application }: SeededPages): Row[] {
  const start = application.clock.time - 3_600_000;
  const at: [number, string | null][] = [
    [0, 'a'],
    [10, null],
    [20, 'a'],
    [1_000, null],
    [2_801, null],
    [2_900, 'b'],
  ];
  return at.map(([seconds, session_id]) => ({
    event_type: 'click',
    event_id: randomUUID(),
    user_id,
    session_id,
    timestamp: start + seconds * 1000,
  }));
}

function busy({ application }: SeededPages): Row[] {
  return Array.from({ length: 250 }, (_, place) => ({
    event_type: 'click',
    event_id: randomUUID(),
    user_id: 'busy',
    session_id: 'long',
    timestamp: application.clock.time - 1_000_000 + place * 1000,
    place,
  }));
}
