import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { type AnySettings, startApplication, type TestApplication } from '../support/application.js';
import { launchBrowser } from '../support/browser.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { eventually } from '../support/waiting.js';
import { FailingRegion } from './failing-region.js';
import { Site } from './site.js';

export const PATIENCE_MS = 60_000;
export const VIEWPORT = { width: 1024, height: 768 };

/** Waits for an expression to hold in a page. The page's policy forbids `waitForFunction` to ask twice. */
export const holds = (page: Page, expression: string): Promise<unknown> =>
  eventually(() => page.evaluate<boolean>(expression), { within: PATIENCE_MS / 2, what: expression });

type Row = Record<string, unknown>;

/** Somebody's pages with the tracker, the service behind a region that may fail, and a browser that visits them. */
export class TrackedSite {
  private constructor(
    private readonly browser: Browser,
    private readonly database: TestDatabase,
    readonly service: TestApplication,
    /** The first of two regions; the service itself is the second. */
    readonly primary: FailingRegion,
    readonly site: Site,
  ) {}

  static async start(settings: AnySettings = {}): Promise<TrackedSite> {
    const { browser, missing } = await launchBrowser();
    if (browser === null) throw new Error(missing ?? 'no browser');
    const [database, site] = await Promise.all([createTestDatabase(), Site.start()]);
    const service = await startApplication(database.url, { TRACKER_ORIGINS: site.url, ...settings }, Date.now());
    await service.database.connect();
    const primary = await FailingRegion.before(service.url);
    site.regions = [primary.url, service.url];
    return new TrackedSite(browser, database, service, primary, site);
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.primary.close();
    this.site.close();
    await this.service.close();
    await this.database.drop();
  }

  /** As before the first test. */
  reset(): void {
    this.primary.failure = null;
    this.site.tag = `data-primary="${this.primary.url}" data-secondary="${this.service.url}" data-key="k-1"`;
  }

  async leaveAll(): Promise<void> {
    await Promise.all(this.browser.contexts().map((context) => context.close()));
  }

  visitor(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    return this.browser.newContext({ viewport: VIEWPORT, ...options });
  }

  async open(path: string, options?: BrowserContextOptions): Promise<Page> {
    return this.openFor(await this.visitor(options), path);
  }

  async openFor(context: BrowserContext, path: string): Promise<Page> {
    const page = await context.newPage();
    await page.goto(this.site.url + path);
    await holds(page, 'window.monitoreo !== undefined');
    return page;
  }

  /** Reads the events that are recorded of a page. */
  async rows(path: string, condition = 'true'): Promise<Row[]> {
    const statement = {
      text: `select * from events where page_url = $1 and ${condition} order by occurred_at, event_key`,
      values: [this.site.url + path],
    };
    return (await this.service.database.writers().query<Row>(statement)).rows;
  }

  clicks(path: string): Promise<Row[]> {
    return this.rows(path, 'x is not null');
  }

  views(path: string): Promise<Row[]> {
    return this.rows(path, `interaction = 'view'`);
  }

  arrived(path: string, count: number, condition = 'x is not null'): Promise<Row[]> {
    return eventually(
      async () => {
        const some = await this.rows(path, condition);
        return some.length >= count && some;
      },
      { within: PATIENCE_MS / 2, what: `${count} events of ${path} arrive` },
    );
  }
}
