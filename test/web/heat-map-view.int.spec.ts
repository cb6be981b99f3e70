import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describeWithBrowser, shows } from '../support/browser.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { HeatMapService, until } from './heat-map-service.js';
import { pathWith, PAYLOADS } from './payloads.js';
import { LOCALES } from './seeded-pages.js';

const AXE = readFileSync(
  join(createRequire(join(process.cwd(), 'package.json')).resolve('axe-core/axe.min.js')),
  'utf8',
);
const PATIENCE_MS = 120_000;
const KEY = 'k'.repeat(32);
const PAGE = '/albums/avengers';

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
}

describeWithBrowser('the view of the heat map', () => {
  jest.setTimeout(PATIENCE_MS);
  let service: HeatMapService;

  beforeAll(async () => {
    service = await HeatMapService.start();
    await recordRows(service.application.store, [...visits(service.application.clock.time), ...hostile()]);
  });
  afterEach(() => service.closePages());
  afterAll(() => service.stop());

  const figure = (page: Page, name: string) => page.locator(`[data-figure="${name}"]`).textContent();
  const violations = async (page: Page): Promise<unknown[]> => {
    await page.evaluate(AXE);
    const found = await page.evaluate<Violation[]>('axe.run().then(({ violations }) => violations)');
    return found.map(({ id, nodes }) => [id, nodes.map((node) => [node.target, node.failureSummary])]);
  };

  it.each([['light', 'en'] as const, ['dark', 'es'] as const])(
    'axe finds nothing in it, %s, %s',
    async (colorScheme, language) => {
      for (const query of [
        '',
        '?layer=grid&cell=1,1',
        '?layer=fixed',
        '?device=phone&user_id=ana',
        '?page_url=/nothing-here',
      ]) {
        const page = await service.heatMap(query, { colorScheme, locale: LOCALES[language] });
        expect(await page.getAttribute('html', 'lang')).toBe(language);
        expect([query, await violations(page)]).toEqual([query, []]);
        await page.context().close();
      }
    },
  );

  it('says what there is to say of a page, and of nothing what is not known', async () => {
    const page = await service.heatMap(`?page_url=${PAGE}`);
    const figures = ['clicks', 'pageViews', 'sessions', 'clicksAView', 'medianReach', 'aboveFold'];
    expect(await Promise.all(figures.map((name) => figure(page, name)))).toEqual(['12', '4', '4', '3', '70 %', '67 %']);
    expect(await figure(page, 'lastClick')).not.toBe('–');
    const older = await service.heatMap('?page_url=/older');
    expect(await Promise.all(figures.map((name) => figure(older, name)))).toEqual(['2', '0', '0', '–', '–', '–']);
  });

  it('shows the page with most clicks, and its address says so', async () => {
    const page = await service.heatMap('');
    await page.waitForURL(/page_url=/);
    expect(new URL(page.url()).searchParams.get('page_url')).toBe(PAGE);
    expect(await page.locator('.page-list [aria-current]').textContent()).toContain(PAGE);
    await page.locator('.page-list a', { hasText: '/older' }).click();
    await page.getByRole('heading', { name: '/older' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: PAGE }).waitFor();
  });

  it('every filter stands in the address: Back works, and a link shows the same', async () => {
    const page = await service.heatMap(`?page_url=${PAGE}`);
    const press = async (name: string, parameter: RegExp) => {
      await page.getByRole('button', { name, exact: true }).click();
      await page.waitForURL(parameter);
    };
    await press('Phone', /device=phone/);
    await until(page, `document.querySelector('[data-figure="clicks"]').textContent === '3'`);
    await press('Grid', /layer=grid/);
    await press('24h', /period=24h/);
    await page.getByLabel('Only the user').fill('ana');
    await page.keyboard.press('Enter');
    await page.waitForURL(/user_id=ana/);
    await until(page, `document.querySelector('[data-figure="clicks"]').textContent === '1'`);

    const again = await service.heatMap(new URL(page.url()).search);
    expect(await figure(again, 'clicks')).toBe('1');
    expect(await again.locator('.chip').textContent()).toContain('ana');
    const pressed = await again.locator('header [aria-pressed="true"]').allTextContents();
    expect(pressed).toEqual(['Phone', 'Grid', '24h']);

    await page.goBack();
    await until(page, `document.querySelector('[data-figure="clicks"]').textContent === '3'`);
    await page.goBack();
    await page.goBack();
    await until(page, `document.querySelector('.stage canvas') !== null`);
    expect(await page.getByRole('button', { name: 'Phone', exact: true }).getAttribute('aria-pressed')).toBe('true');

    await page.getByLabel('Transparency').fill('70');
    await page.waitForURL(/transparency=70/);
    await shows(() => page.evaluate(`document.querySelector('.stage canvas').style.opacity`), '0.3');
  });

  it('a keyboard alone walks the cells, and opens one', async () => {
    const page = await service.heatMap(`?page_url=${PAGE}&layer=grid`);
    const inCells = () => page.evaluate<string | null>('document.activeElement?.dataset.cell ?? null');
    for (let presses = 0; presses < 120 && (await inCells()) === null; presses++) await page.keyboard.press('Tab');
    const first = await inCells();
    expect(first).not.toBeNull();
    await page.keyboard.press('ArrowDown');
    const next = await inCells();
    expect(next).not.toBe(first);
    await page.keyboard.press('Enter');
    await page.waitForURL(/cell=/);
    const [row, column] = next!.split(',').map(Number);
    expect(new URL(page.url()).searchParams.get('cell')).toBe(`${row! + 1},${column! + 1}`);
    await page.locator('.cell-events tbody tr').first().waitFor();
    // The tabulator leaves the cells at once.
    await page.keyboard.press('Tab');
    expect(await inCells()).toBeNull();
  });

  it.each(['heat', 'grid', 'fixed'])('fits a phone, and scrolls only down: %s', async (layer) => {
    const page = await service.heatMap(`?page_url=${PAGE}&layer=${layer}&cell=3,3`, {
      viewport: { width: 390, height: 844 },
    });
    await page.waitForSelector(layer === 'grid' ? '.cells' : '.stage canvas[data-most]', { state: 'attached' });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    // This holds for what explains the figures, too.
    for (const name of ['Sessions', 'Median reach', 'Above the fold']) {
      await page.getByRole('button', { name }).focus();
      expect([name, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([name, 390]);
    }
  });

  it('none of 200 scripts runs, as a page, an element or a user', async () => {
    const page = await service.heatMap('');
    const ran: string[] = [];
    await page.exposeFunction('pwned', (which: unknown) => ran.push(String(which)));
    for (const at of [0, 68, 131]) {
      for (const layer of ['heat', 'grid']) {
        await page.goto(
          `${service.application.url}/secret-heatmap?layer=${layer}&cell=11,11&page_url=${encodeURIComponent(pathWith(PAYLOADS[at]!))}`,
        );
        await page.locator('.cell-events tbody tr').first().waitFor();
      }
    }
    expect(ran).toEqual([]);
  });

  it('what is not answered says so and keeps what was there; it comes back', async () => {
    const page = await service.heatMap(`?page_url=${PAGE}`);
    await page.route('**/api/heatmap/summary?*', (route) => route.abort());
    await page.getByRole('button', { name: 'Tablet', exact: true }).click();
    await page.waitForSelector('[role="alert"]');
    await page.unroute('**/api/heatmap/summary?*');
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await until(page, `document.querySelector('[data-figure="clicks"]')?.textContent === '0'`);
  });

  it('where reads need a key it asks for one; without any click it says how the first gets in', async () => {
    const closed = await HeatMapService.start({ settings: { READS: 'key', API_TOKEN: KEY } });
    try {
      const page = await closed.heatMap('');
      await page.getByRole('heading', { name: 'A key is needed for this' }).first().waitFor();
      expect(await violations(page)).toEqual([]);
      await page.locator('.state').getByRole('button', { name: 'Sign in' }).first().click();
      await page.getByLabel('Key', { exact: true }).fill(KEY);
      await page.locator('dialog button.primary').click();
      await page.getByText(`<script src="${closed.application.url}/tracker.js" defer></script>`).waitFor();
      expect(await violations(page)).toEqual([]);
    } finally {
      await closed.stop();
    }
  });
});

/** Four views of a page, 9 clicks of which on a desktop, 3 on a phone; and clicks of an older tracker. */
function visits(now: number): Row[] {
  const rows: Row[] = [];
  for (const [view, depth] of [1, 0.7, 0.5, 0.3].entries()) {
    const isPhone = view === 3;
    const of = {
      event_type: 'click' as const,
      page_url: PAGE,
      view_id: `v${view}`,
      session_id: `s${view}`,
      viewport_width: isPhone ? 390 : 1440,
      viewport_height: isPhone ? 800 : 900,
      document_width: isPhone ? 390 : 1440,
      document_height: 3000,
    };
    const at = now - 60_000 * (view + 1);
    const event = (after: number, fields: object): Row => ({
      ...of,
      event_id: randomUUID(),
      timestamp: at + after,
      ...fields,
    });
    rows.push(event(0, { interaction: 'view' }), event(9000, { interaction: 'scroll', scroll_depth: depth }));
    for (const [click, y] of [0.1, 0.2, 0.6].entries()) {
      const target = { selector: `#part-${click}`, x: 0.5, y: 0.5, fixed: false };
      const user = isPhone && click === 0 ? { user_id: 'ana' } : {};
      rows.push(event(click * 1000 + 100, { x: 0.3 + 0.1 * view, y, scroll_y: click * 600, target, ...user }));
    }
  }
  const older = { event_type: 'click' as const, page_url: '/older', x: 0.5, y: 0.5 };
  for (const ago of [5000, 6000]) rows.push({ ...older, event_id: randomUUID(), timestamp: now - ago });
  return rows;
}

function hostile(): Row[] {
  return PAYLOADS.map((text, at) => ({
    event_type: 'click',
    event_id: randomUUID(),
    timestamp: Date.now() - 3600_000 - at,
    page_url: pathWith(text),
    user_id: text.slice(0, 255),
    x: 0.51,
    y: 0.51,
    target: { selector: text.slice(0, 1000), x: 0.5, y: 0.5, fixed: false },
  }));
}
