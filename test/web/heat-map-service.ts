import type { Browser, BrowserContextOptions, Frame, Page } from 'playwright-core';
import { Site } from '../client/site.js';
import { type AnySettings, startApplication, type TestApplication } from '../support/application.js';
import { launchBrowser, shows } from '../support/browser.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { eventually } from '../support/waiting.js';

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Where a click was: in the window, and in the document; fractions. */
export interface Clicked {
  readonly inWindow: Place;
  readonly inDocument: Place;
}

interface Setting {
  /** Whether the heat map may show the site's pages. */
  readonly framesSite?: boolean;
  readonly settings?: AnySettings;
}

export const VIEWPORT = { width: 1024, height: 768 };
const ARRIVED_MS = 30_000;

/** A service, a site of another origin with its tracker, and a browser for visitors and for who looks at the heat map. */
export class HeatMapService {
  private constructor(
    readonly application: TestApplication,
    readonly site: Site,
    private readonly browser: Browser,
    private readonly database: TestDatabase,
  ) {}

  static async start({ framesSite = true, settings = {} }: Setting = {}): Promise<HeatMapService> {
    const { browser, missing } = await launchBrowser();
    if (browser === null) throw new Error(missing ?? 'no browser');
    const [database, site] = await Promise.all([createTestDatabase(), Site.start()]);
    const frames = framesSite ? { HEATMAP_FRAME_ORIGINS: [site.url] } : {};
    const application = await startApplication(
      database.url,
      { TRACKER_ORIGINS: site.url, ...frames, ...settings },
      Date.now(),
    );
    await application.database.connect();
    site.regions = [application.url, application.url];
    return new HeatMapService(application, site, browser, database);
  }

  /** @param html pages of the service's own origin, by path */
  async open(
    address: string,
    options: BrowserContextOptions = {},
    html: Readonly<Record<string, string>> = {},
  ): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'en-US',
      ...options,
    });
    for (const [path, body] of Object.entries(html)) {
      await context.route(this.application.url + path, (route) => route.fulfill({ contentType: 'text/html', body }));
    }
    const page = await context.newPage();
    await page.goto(address);
    return page;
  }

  /** The heat map, when everything that it asks for is there. */
  async heatMap(query: string, options: BrowserContextOptions = {}, html: Readonly<Record<string, string>> = {}) {
    // Its window ends now, and what visitors did has just been.
    this.application.clock.time = Date.now() + 1000;
    const page = await this.open(`${this.application.url}/secret-heatmap${query}`, options, html);
    await page.waitForSelector('h1');
    await until(page, `document.querySelectorAll('.skeleton').length === 0`);
    return page;
  }

  /** Somebody at a page with the tracker. */
  async visitor(address: string, options: BrowserContextOptions = {}, html: Readonly<Record<string, string>> = {}) {
    const page = await this.open(address, { viewport: VIEWPORT, ...options }, html);
    await until(page, 'window.monitoreo !== undefined');
    return page;
  }

  /** @param part where in the element, fractions */
  async click(page: Page, selector: string, part: Place): Promise<Clicked> {
    const { at, clicked } = await page.evaluate<{ at: Place; clicked: Clicked }>(`(() => {
      const element = document.querySelector(${JSON.stringify(selector)});
      element.scrollIntoView({ block: 'center', behavior: 'instant' });
      const { left, top, width, height } = element.getBoundingClientRect();
      const at = { x: Math.round(left + width * ${part.x}), y: Math.round(top + height * ${part.y}) };
      const { scrollWidth, scrollHeight } = document.documentElement;
      const inDocument = { x: (at.x + scrollX) / scrollWidth, y: (at.y + scrollY) / scrollHeight };
      return { at, clicked: { inWindow: { x: at.x / innerWidth, y: at.y / innerHeight }, inDocument } };
    })()`);
    await page.mouse.click(at.x, at.y);
    return clicked;
  }

  async rows(page_url: string): Promise<number> {
    const text = 'select count(*)::int as n from events where page_url = $1';
    const { rows } = await this.application.database.writers().query<{ n: number }>({ text, values: [page_url] });
    return rows[0]!.n;
  }

  /** Clicks that say where, or the views, of a page. */
  async arrived(page_url: string, count: number, condition = 'x is not null'): Promise<void> {
    const text = `select count(*)::int as n from events where page_url = $1 and ${condition}`;
    await eventually(
      async () => {
        const { rows } = await this.application.database.writers().query<{ n: number }>({ text, values: [page_url] });
        return rows[0]!.n >= count;
      },
      { within: ARRIVED_MS, what: `${count} events of ${page_url} arrive` },
    );
  }

  async closePages(): Promise<void> {
    await Promise.all(this.browser.contexts().map((context) => context.close()));
  }

  async stop(): Promise<void> {
    await this.browser.close();
    this.site.close();
    await this.application.close();
    await this.database.drop();
  }
}

/** @param condition as text: the page's policy lets no text be run there by what waits in it */
export const until = (page: Page | Frame, condition: string) =>
  eventually(() => page.evaluate<boolean>(condition), { within: ARRIVED_MS, what: condition });

/**
 * Waits until the canvas shows clicks at these places, none at the others, and none astray. It is painted in a frame after that in
 * which the view names its layer, and shows the picture before until then.
 */
export const pictured = (page: Page, places: readonly Place[], bare: readonly Place[] = []) =>
  shows(
    async () => {
      const { covers } = await picture(page, [...places, ...bare]);
      const { astray } = await picture(page, places);
      return {
        covered: covers.slice(0, places.length).map((cover) => cover > 60),
        bare: covers.slice(places.length),
        astray,
      };
    },
    { covered: places.map(() => true), bare: bare.map(() => 0), astray: 0 },
  );

/**
 * Says what the canvas shows: how covered it is at each of the places (0 … 255), and how many painted pixels lie farther from all of
 * them than a click is seen.
 */
const picture = (page: Page, places: readonly Place[]) =>
  page.evaluate<{ covers: number[]; astray: number }>(`(() => {
    const canvas = document.querySelector('.stage canvas');
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    const places = ${JSON.stringify(places)}.map(({ x, y }) => [Math.round(x * width), Math.round(y * height)]);
    const covers = places.map(([x, y]) => data[(Math.min(height - 1, y) * width + Math.min(width - 1, x)) * 4 + 3]);
    const seen = Math.min(32, Math.max(14, width * 0.045)) + 2;
    let astray = 0;
    for (let at = 0; at < width * height; at++) {
      if (data[at * 4 + 3] === 0) continue;
      const [x, y] = [at % width, Math.floor(at / width)];
      if (!places.some(([left, top]) => Math.hypot(x - left, y - top) <= seen)) astray += 1;
    }
    return { covers, astray };
  })()`);
