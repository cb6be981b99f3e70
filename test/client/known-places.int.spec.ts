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
import { TrackedSite } from './tracked-site.js';

const PATIENCE_MS = 120_000;
const GRID = 20;
const WIDE_PX = 2_000;
const VIEWPORTS = [
  { width: 390, height: 844 },
  { width: 1024, height: 768 },
  { width: 1440, height: 900 },
];
/** What a browser's own zoom is to a page: fewer pixels, each of more. */
const ZOOMS = [1, 1.5];
const PIXEL_RATIOS = [1, 2];

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
  const open = async (context: BrowserContext, { path }: KnownPage): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(tracked.site.url + path, { waitUntil: 'domcontentloaded' });
    await page.waitForFunction('window.monitoreo !== undefined');
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
        for (const zoom of ZOOMS) {
          for (const ratio of PIXEL_RATIOS) {
            const viewport = { width: Math.round(width / zoom), height: Math.round(height / zoom) };
            const context = await tracked.visitor({ viewport, deviceScaleFactor: ratio * zoom });
            const directions = turn++ % 2 === 0 ? (['ltr', 'rtl'] as const) : (['rtl', 'ltr'] as const);
            for (const [at, direction] of directions.entries()) {
              const wide = at === 0 ? viewport.width : WIDE_PX;
              const known = knownPage(`${width}-${zoom}-${ratio}-${direction}`, direction, wide);
              publish(known, tracked.site);
              expected.set(tracked.site.url + known.path, await clickAll(await open(context, known), known, viewport));
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
    const expected: Expected[] = [];
    let late = 0;
    for (const at of known.boxes.keys()) {
      // In a mixed order, so that the image moves boxes of each kind.
      const box = known.boxes[(at * 17) % known.boxes.length]!;
      if (at === known.boxes.length / 2) {
        tracked.site.release(known.latePath);
        await page.waitForFunction(`document.querySelector('img').height === ${LATE_HEIGHT}`);
        late = LATE_HEIGHT;
      }
      // From here on the left end of the document is its beginning, in whichever direction it is read.
      const leftEnd = known.direction === 'rtl' ? known.width - viewport.width : 0;
      const innerTop = Math.min(1_200, Math.max(0, box.top - 100));
      const top = late + (box.of === 'container' ? CONTAINER.top + box.top - innerTop : box.top);
      const upper = [110, viewport.height / 2, viewport.height - 70, 137.5][at % 4]!;
      const wanted = box.of === 'document' || box.of === 'container' ? top - upper : 300 + 700 * (at % 5);
      const scrolled = await page.evaluate<{ x: number; y: number; inner: number }>(`(() => {
        scrollTo({ left: ${box.left - 20 - leftEnd}, top: ${wanted}, behavior: 'instant' });
        document.getElementById('scroller').scrollTop = ${innerTop};
        return { x: scrollX, y: scrollY, inner: document.getElementById('scroller').scrollTop };
      })()`);
      if (box.of === 'container') expect(scrolled.inner).toBe(innerTop);
      const originX = scrolled.x + leftEnd;
      const left = box.of === 'header' ? originX + box.left : box.left;
      const upperEdge = box.of === 'header' || box.of === 'sticky' ? scrolled.y + box.top : top;
      const share = 0.15 + 0.7 * ((at * 0.37) % 1);
      const client = {
        x: clearOfEdges(Math.round(left - originX + box.width * share), originX, known.width),
        y: clearOfEdges(Math.round(upperEdge - scrolled.y + box.height * (1 - share)), scrolled.y, late + LONG_HEIGHT),
      };
      await page.mouse.click(client.x, client.y);
      const point = { x: client.x + originX, y: client.y + scrolled.y };
      expected.push({
        box,
        at: { x: point.x / known.width, y: point.y / (late + LONG_HEIGHT) },
        part: { x: (point.x - left) / box.width, y: (point.y - upperEdge) / box.height },
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

/** What is wrong with what was recorded of a click; nothing, where all is right. */
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
