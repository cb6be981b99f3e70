import type { Page } from 'playwright-core';
import { BOXES } from '../client/site.js';
import { describeWithBrowser } from '../support/browser.js';
import { type Clicked, HeatMapService, pictured, until, VIEWPORT } from './heat-map-service.js';

const PATIENCE_MS = 120_000;
const SHOP = '/shop';

/** A page of our own origin: where its button is, and what else it has. */
const shop = (top: number, more = '') => `<!doctype html><html><title>Shop</title>
  <style>body { margin: 0 } button { position: absolute; left: 10%; width: 30%; height: 80px } main { position: relative; height: 3000px }</style>
  <main><button id="buy" style="top: ${top}px">Buy</button>${more}</main>
  <script src="/tracker.js" defer></script><script>document.body.dataset.ran = 'yes'</script></html>`;

describeWithBrowser('the heat map of real clicks', () => {
  let service: HeatMapService;

  beforeAll(async () => {
    service = await HeatMapService.start();
  }, PATIENCE_MS);
  afterEach(() => service.closePages());
  afterAll(() => service.stop());

  const canvas = (page: Page) => page.waitForSelector('.stage canvas[data-most]', { state: 'attached' });
  const clickBoxes = async (path: string): Promise<Clicked[]> => {
    const visitor = await service.visitor(service.site.url + path);
    const clicked: Clicked[] = [];
    for (const [at, { selector }] of BOXES.entries()) {
      clicked.push(await service.click(visitor, selector, { x: 0.2 + at * 0.05, y: 0.75 - at * 0.05 }));
    }
    await service.arrived(service.site.url + path, BOXES.length);
    await visitor.goto('about:blank');
    await service.arrived(service.site.url + path, 1, `interaction = 'scroll'`);
    return clicked;
  };

  it(
    'is drawn where they were, over a frame of the page; fixed elements in the window; cells are the same as figures',
    async () => {
      const address = `${service.site.url}/boxes`;
      const clicked = await clickBoxes('/boxes');
      const inDocument = clicked.filter((_, at) => !BOXES[at]!.fixed).map(({ inDocument: place }) => place);
      const inWindow = clicked.filter((_, at) => BOXES[at]!.fixed).map(({ inWindow: place }) => place);

      const page = await service.heatMap(`?page_url=${encodeURIComponent(address)}`);
      await canvas(page);
      await pictured(page, inDocument);
      expect(await page.locator('[data-figure="clicks"]').textContent()).toBe(String(BOXES.length));
      expect(await page.locator('[data-figure="pageViews"]').textContent()).toBe('1');
      await page.getByText('#box-a').first().waitFor();

      await page.getByRole('button', { name: 'Fixed elements' }).click();
      await page.waitForURL(/layer=fixed/);
      await page.waitForSelector('[data-layer="fixed"] canvas[data-most]', { state: 'attached' });
      await pictured(page, inWindow);

      await page.getByRole('button', { name: 'Grid', exact: true }).click();
      await page.waitForSelector('.cells');
      const counts = new Map<string, number>();
      for (const { x, y } of inDocument) {
        const cell = `${Math.floor(y * 20)},${Math.floor(x * 20)}`;
        counts.set(cell, (counts.get(cell) ?? 0) + 1);
      }
      const shown = await page.evaluate<[string, number][]>(
        `[...document.querySelectorAll('.cells [data-cell]')].map((one) => [one.dataset.cell, Number(one.textContent)])`,
      );
      expect(new Map(shown)).toEqual(counts);
      const stage = (await page.locator('.stage').boundingBox())!;
      const [[first]] = shown as [[string, number]];
      const [row, column] = first.split(',').map(Number) as [number, number];
      const cell = (await page.locator(`[data-cell="${first}"]`).boundingBox())!;
      expect((cell.x - stage.x) / stage.width).toBeCloseTo(column / 20, 2);
      expect((cell.y - stage.y) / stage.height).toBeCloseTo(row / 20, 2);
      const rowHeaders = await page.locator('.cells tbody th[scope="row"]').count();
      expect([rowHeaders, await page.locator('.cells thead th[scope="col"]').count()]).toEqual([20, 20]);
    },
    PATIENCE_MS,
  );

  it(
    'frames the page of a listed origin, held back, and its tracker says nothing',
    async () => {
      const address = `${service.site.url}/framed`;
      await clickBoxes('/framed');
      const before = await service.rows(address);
      const page = await service.heatMap(`?page_url=${encodeURIComponent(address)}`);
      const element = await page.waitForSelector('.backdrop iframe');
      expect(await element.getAttribute('sandbox')).toBe('allow-scripts allow-same-origin');
      const frame = (await element.contentFrame())!;
      await until(frame, 'window.monitoreo !== undefined');
      expect([frame.url(), await frame.evaluate('window.name')]).toEqual([address, 'monitoreo-heatmap']);
      // As wide as most saw it, and all of it.
      expect(await frame.evaluate('[innerWidth, innerHeight >= document.documentElement.scrollHeight]')).toEqual([
        VIEWPORT.width,
        true,
      ]);
      await frame.evaluate(`monitoreo.track('Looked')`);
      // Nobody presses anything in it.
      expect(await page.evaluate(`document.querySelector('iframe').closest('[inert]') !== null`)).toBe(true);
      await page.goto('about:blank');
      // A visitor's view comes after anything that the frame could have sent.
      const other = `${service.site.url}/after`;
      await service.visitor(other);
      await service.arrived(other, 1, `interaction = 'view'`);
      expect(await service.rows(address)).toBe(before);
    },
    PATIENCE_MS,
  );

  it(
    'of our own origin stands on the elements that were hit, wherever they are now; what is gone is counted, and said',
    async () => {
      const address = service.application.url + SHOP;
      const visitor = await service.visitor(
        address,
        {},
        {
          [SHOP]: shop(400, '<button id="old" style="top: 2000px">Old</button>'),
        },
      );
      const buy = await service.click(visitor, '#buy', { x: 0.25, y: 0.5 });
      const old = await service.click(visitor, '#old', { x: 0.5, y: 0.5 });
      await service.arrived(address, 2);

      const query = `?page_url=${encodeURIComponent(address)}`;
      const page = await service.heatMap(query, {}, { [SHOP]: shop(1600) });
      await page.waitForSelector('[data-unmatched="1"]');
      const element = await page.waitForSelector('.backdrop iframe');
      expect(await element.getAttribute('sandbox')).toBe('allow-same-origin');
      // Its scripts did not run: they could do what we may.
      const frame = (await element.contentFrame())!;
      expect(await page.evaluate(`document.querySelector('iframe').contentDocument.body.dataset.ran`)).toBeUndefined();
      expect(frame.url()).toBe(address);
      const now = { x: 0.1 + 0.3 * 0.25, y: (1600 + 40) / 3000 };
      await pictured(page, [now], [buy.inDocument, old.inDocument]);
      await page.getByText('no longer on the page').waitFor();

      // As a wireframe it is drawn where it was.
      await page.getByRole('button', { name: 'Wireframe' }).click();
      await page.waitForSelector('.wire');
      await until(page, `document.querySelectorAll('[data-unmatched]').length === 0`);
      await pictured(page, [buy.inDocument, old.inDocument]);
    },
    PATIENCE_MS,
  );

  it(
    'a click on a cell shows its clicks one by one, and leads to all of the page',
    async () => {
      const address = `${service.site.url}/cells`;
      const [first] = await clickBoxes('/cells');
      const page = await service.heatMap(`?page_url=${encodeURIComponent(address)}`);
      await canvas(page);
      const box = (await page.locator('.pointing').boundingBox())!;
      const { x, y } = first!.inDocument;
      await page.mouse.click(box.x + box.width * x, box.y + box.height * y);
      await page.waitForURL(/cell=/);
      expect(new URL(page.url()).searchParams.get('cell')).toBe(`${Math.floor(y * 20) + 1},${Math.floor(x * 20) + 1}`);
      const row = page.locator('.cell-events tbody tr');
      await row.first().waitFor();
      expect([await row.count(), await row.first().textContent()]).toEqual([1, expect.stringContaining('#box-a')]);
      await page.getByRole('link', { name: 'All clicks of this page' }).click();
      await page.waitForSelector('table.list');
      expect(page.url()).toContain(`page_url=${encodeURIComponent(address)}`);
      await page.goBack();
      await page.waitForSelector('.cell-events');
      await page.getByRole('button', { name: 'Close' }).click();
      await until(page, `document.querySelector('.cell-events') === null`);
    },
    PATIENCE_MS,
  );

  it(
    'shows a wireframe with what was clicked where the origin is not listed, and the policy holds to that',
    async () => {
      const other = await HeatMapService.start({ framesSite: false });
      try {
        const address = `${other.site.url}/unlisted`;
        const visitor = await other.visitor(address);
        for (const part of [0.2, 0.5, 0.8]) await other.click(visitor, '#box-a', { x: part, y: part });
        await other.arrived(address, 3);
        const page = await other.heatMap(`?page_url=${encodeURIComponent(address)}`);
        await page.waitForSelector('.wire .outline');
        expect(await page.locator('iframe').count()).toBe(0);
        const [outline] = await page.locator('.wire .outline').all();
        const wire = (await page.locator('.wire').boundingBox())!;
        const drawn = (await outline!.boundingBox())!;
        // The box is 5 % from the left and 12 % wide.
        expect((drawn.x - wire.x) / wire.width).toBeCloseTo(0.05, 2);
        expect(drawn.width / wire.width).toBeCloseTo(0.12, 2);
        expect(await page.locator('.fold').count()).toBe(1);
        const policy = (await fetch(`${other.application.url}/secret-heatmap`)).headers.get('content-security-policy')!;
        expect(policy).toMatch(/frame-src 'self'(;|$)/);
        const listed = (await fetch(`${service.application.url}/secret-heatmap`)).headers.get(
          'content-security-policy',
        )!;
        expect(listed).toContain(`frame-src 'self' ${service.site.url}`);
      } finally {
        await other.stop();
      }
    },
    PATIENCE_MS,
  );
});
