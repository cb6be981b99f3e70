import type { BrowserContext, Page } from 'playwright-core';
import { describeWithBrowser } from '../support/browser.js';
import { eventually } from '../support/waiting.js';
import {
  CONTAINER,
  type KnownBox,
  type KnownPage,
  knownPage,
  LATE_HEIGHT,
  LONG_HEIGHT,
  publish,
} from './known-page.js';
import { holds, TrackedSite } from './tracked-site.js';

const PATIENCE_MS = 120_000;
const GRID = 20;
const WIDE_PX = 2_000;
const VIEWPORTS = [
  { width: 390, height: 844 },
  { width: 1024, height: 768 },
  { width: 1440, height: 900 },
];

/** How large somebody has made the page, and by what. */
interface Zoom {
  /** Its own zoom leaves the page fewer pixels, each of more. */
  readonly browser: number;
  /** `zoom` of the page's style. */
  readonly style: number;
  /** Two fingers. */
  readonly pinch: number;
}

const AS_IT_IS: Zoom = { browser: 1, style: 1, pinch: 1 };
/** By the device's pixels to each of the page. */
const ZOOMS: readonly (readonly [number, readonly Zoom[]])[] = [
  [1, [AS_IT_IS, { ...AS_IT_IS, browser: 1.5 }]],
  [
    2,
    [
      { ...AS_IT_IS, pinch: 2 },
      { ...AS_IT_IS, style: 0.8 },
    ],
  ],
];

interface Place {
  readonly x: number;
  readonly y: number;
}

/** A click at a place that was computed, as the service should have it. */
interface Expected {
  readonly box: KnownBox;
  readonly at: Place;
  readonly part: Place;
}

interface Seen {
  readonly page_url: string;
  readonly x: number;
  readonly y: number;
  readonly target: Place & { readonly selector: string; readonly fixed: boolean };
}

describeWithBrowser('1,000 clicks at places that are known beforehand', () => {
  let tracked: TrackedSite;

  beforeAll(async () => {
    tracked = await TrackedSite.start();
    tracked.reset();
  }, PATIENCE_MS);
  afterAll(() => tracked.close());

  // The image comes later, so that the page is not loaded yet.
  const open = async (context: BrowserContext, { path }: KnownPage, pinch: number): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(tracked.site.url + path, { waitUntil: 'domcontentloaded' });
    await holds(page, 'window.monitoreo !== undefined');
    const devtools = await context.newCDPSession(page);
    await devtools.send('Emulation.setPageScaleFactor', { pageScaleFactor: pinch });
    return page;
  };
  const seenClicks = async () =>
    (
      await tracked.service.database
        .writers()
        .query<Seen & Record<string, unknown>>('select page_url, x, y, target from events where x is not null')
    ).rows;

  it(
    'each is in its cell or layer, and in its place within its element',
    async () => {
      const expected = new Map<string, Expected[]>();
      let turn = 0;
      for (const { width, height } of VIEWPORTS) {
        for (const [ratio, zooms] of ZOOMS) {
          for (const zoom of zooms) {
            const viewport = { width: Math.round(width / zoom.browser), height: Math.round(height / zoom.browser) };
            const context = await tracked.visitor({ viewport, deviceScaleFactor: ratio * zoom.browser });
            const directions = turn++ % 2 === 0 ? (['ltr', 'rtl'] as const) : (['rtl', 'ltr'] as const);
            for (const [at, direction] of directions.entries()) {
              const wide = at === 0 ? viewport.width : WIDE_PX;
              const known = knownPage(`${turn}-${direction}`, direction, wide / zoom.style, zoom.style);
              publish(known, tracked.site);
              const page = await open(context, known, zoom.pinch);
              expected.set(tracked.site.url + known.path, await clickAll(page, known, viewport));
            }
          }
        }
      }
      const all = [...expected.values()].flat();
      expect(all.length).toBeGreaterThanOrEqual(1_000);
      const seen = await eventually(
        async () => {
          const some = await seenClicks();
          return some.length >= all.length && some;
        },
        { within: PATIENCE_MS / 4, what: 'every click arrives' },
      );
      expect(seen).toHaveLength(all.length);
      const wrong = [...expected].flatMap(([page, clicks]) =>
        clicks.flatMap((click) =>
          complaints(
            click,
            seen.filter(({ page_url }) => page_url === page),
          ).map((why) => `${page} ${click.box.id}: ${why}`),
        ),
      );
      expect(wrong).toEqual([]);
      const { service } = tracked;
      service.clock.time = Date.now() + 1_000;
      for (const [page, clicks] of expected) {
        const answer = await fetch(`${service.url}/api/heatmap/summary?page_url=${encodeURIComponent(page)}`);
        expect(await answer.json()).toMatchObject(summaryOf(clicks));
      }
      await tracked.leaveAll();
    },
    PATIENCE_MS,
  );

  /** Half of the boxes before the image that comes late, and half after. */
  async function clickAll(
    page: Page,
    known: KnownPage,
    viewport: { width: number; height: number },
  ): Promise<Expected[]> {
    const { zoom } = known;
    const pageWidth = known.width * zoom;
    // From here on the left end of the document is its beginning, in whichever direction it is read.
    const leftEnd = known.direction === 'rtl' ? pageWidth - viewport.width : 0;
    const expected: Expected[] = [];
    let late = 0;
    for (const at of known.boxes.keys()) {
      // In a mixed order, so that the image moves boxes of each kind.
      const box = known.boxes[(at * 17) % known.boxes.length]!;
      if (at === known.boxes.length / 2) {
        tracked.site.release(known.latePath);
        await holds(page, `document.querySelector('img').naturalHeight === ${LATE_HEIGHT}`);
        late = LATE_HEIGHT;
      }
      const pageHeight = (late + LONG_HEIGHT) * zoom;
      const innerTop = Math.min(1_200, Math.max(0, box.top - 100));
      const top = zoom * (late + (box.of === 'container' ? CONTAINER.top + box.top - innerTop : box.top));
      const [left, width, height] = [box.left * zoom, box.width * zoom, box.height * zoom];
      const stays = box.of === 'header' || box.of === 'sticky';
      const upper = [110, viewport.height / 2, viewport.height - 70, 137.5][at % 4]!;
      const share = 0.15 + 0.7 * ((at * 0.37) % 1);
      const wanted = {
        left: left + width * share - viewport.width * 0.4 - leftEnd,
        top: stays ? 400 + 700 * (at % 5) : top - upper,
      };
      const scrolled = await page.evaluate<Place & { inner: number }>(`(() => {
        scrollTo({ ...${JSON.stringify(wanted)}, behavior: 'instant' });
        const container = document.getElementById('scroller');
        container.scrollTop = ${innerTop};
        return { x: scrollX, y: scrollY, inner: container.scrollTop };
      })()`);
      if (box.of === 'container') expect(scrolled.inner).toBe(innerTop);
      const origin = { x: scrolled.x + leftEnd, y: scrolled.y };
      const corner = {
        x: box.of === 'header' ? origin.x + left : left,
        y: stays ? origin.y + box.top * zoom : top,
      };
      const client = {
        x: clearOfEdges(Math.round(corner.x - origin.x + width * share), origin.x, pageWidth),
        y: clearOfEdges(Math.round(corner.y - origin.y + height * (1 - share)), origin.y, pageHeight),
      };
      await page.mouse.click(client.x, client.y);
      const point = { x: client.x + origin.x, y: client.y + origin.y };
      expected.push({
        box,
        at: { x: point.x / pageWidth, y: point.y / pageHeight },
        part: { x: (point.x - corner.x) / width, y: (point.y - corner.y) / height },
      });
    }
    return expected;
  }
});

/** A pixel further where a click would be on the line between two cells: a rounded fraction may be on either side. */
function clearOfEdges(client: number, origin: number, whole: number): number {
  const cells = ((client + origin) / whole) * GRID;
  return Math.abs(cells - Math.round(cells)) < 0.001 ? client + 1 : client;
}

/** The content that the heat map of a page must have. */
function summaryOf(clicks: readonly Expected[]): object {
  const layer = (fixed: boolean) => clicks.filter(({ box }) => box.fixed === fixed);
  const grid = Array.from({ length: GRID }, () => Array<number>(GRID).fill(0));
  for (const { at } of layer(false)) grid[Math.floor(at.y * GRID)]![Math.floor(at.x * GRID)]! += 1;
  return { grid, total_clicks: layer(false).length, fixed: { total_clicks: layer(true).length } };
}

/** The errors in the record of a click; none where all is right. */
function complaints({ box, at, part }: Expected, seen: readonly Seen[]): string[] {
  const [click, ...more] = seen.filter(({ target }) => target.selector === `#${box.id}`);
  if (click === undefined || more.length > 0) return [`${more.length + Number(click !== undefined)} clicks`];
  const cell = (place: Place) => [place.x, place.y].map((share) => Math.floor(share * GRID)).join();
  const off = (one: Place, other: Place) => Math.max(Math.abs(one.x - other.x), Math.abs(one.y - other.y));
  return [
    click.target.fixed === box.fixed ? null : 'another layer',
    cell(click) === cell(at) ? null : `cell ${cell(click)} instead of ${cell(at)}`,
    off(click, at) < 0.0001 ? null : `at ${click.x}, ${click.y} instead of ${at.x}, ${at.y}`,
    off(click.target, part) < 0.005
      ? null
      : `target ${click.target.x}, ${click.target.y} instead of ${part.x}, ${part.y}`,
  ].filter((complaint) => complaint !== null);
}
