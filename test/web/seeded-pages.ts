import { randomUUID } from 'node:crypto';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { DeadLetterStore } from '../../src/events/application/dead-letter-store.port.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { launchBrowser } from '../support/browser.js';
import { deadLetter } from '../support/dead-letters.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { seedAlerts, seedRegions, WITH_A_REGION } from './operating/seeded.js';
import { pathWith, PAYLOADS } from './payloads.js';

export const LOCALES = { en: 'en-US', es: 'es-ES' } as const;

/** The page's document: functions that are evaluated in the page are written in tests, where there is none. */
declare const document: { querySelectorAll(selector: string): { readonly length: number } };

/** The service with a user's visit, a letter that can be mended, and hostile text wherever text can be; and a browser. */
export class SeededPages {
  private constructor(
    readonly application: TestApplication,
    /** The id of the letter that can be mended, which is the newest. */
    readonly letter: string,
    /** A rule of alerts, of which one fires. */
    readonly firingRule: string,
    private readonly browser: Browser,
    private readonly testDatabase: TestDatabase,
  ) {}

  static async start(): Promise<SeededPages> {
    const { browser, missing } = await launchBrowser();
    if (browser === null) throw new Error(missing ?? 'no browser');
    const testDatabase = await createTestDatabase();
    const now = Date.now();
    const application = await startApplication(testDatabase.url, WITH_A_REGION, now);
    await application.database.connect();
    await recordRows(application.store, [
      ...visit(now),
      ...walks(now),
      ...PAYLOADS.flatMap((text, at) => hostile(text, now - at * 50)),
      ...yesterday(now),
    ]);
    const letters = application.app.get(DeadLetterStore);
    const signal = new AbortController().signal;
    await letters.add(
      PAYLOADS.map((text, at) =>
        deadLetter(at + 2, { payload: Buffer.from(text), detail: text, publishedAt: now - 5000 }),
      ),
      signal,
    );
    const mendable = { payload: Buffer.from('{"url":"/pricing"}'), publishedAt: now - 1000 };
    await letters.add([deadLetter(1, mendable)], signal);
    const { rows } = await application.database
      .writers()
      .query<{ id: string }>('select id from dead_letters order by first_seen desc limit 1');
    await seedRegions(application);
    const firingRule = await seedAlerts(application);
    return new SeededPages(application, rows[0]!.id, firingRule, browser, testDatabase);
  }

  async open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: { width: 1280, height: 900 },
      locale: LOCALES.en,
      ...options,
    });
    const page = await context.newPage();
    await this.go(page, path);
    return page;
  }

  /** Until nothing is loading any more. */
  async go(page: Page, path: string): Promise<void> {
    await page.goto(this.application.url + path);
    await page.waitForSelector('h1', { state: 'attached' });
    await page.waitForFunction(() => document.querySelectorAll('.skeleton').length === 0);
  }

  get views(): Record<string, string> {
    return {
      overview: '/dashboard',
      live: '/dashboard/live',
      events: '/dashboard/events?user_id=ana',
      user: '/dashboard/users/ana',
      'which user': '/dashboard/users',
      funnel: '/dashboard/funnel?steps=view%40%2F,conversion%3Asignup,sale',
      'a funnel that is not known yet': '/dashboard/funnel?steps=view%40%2Fnowhere,sale&by=session&compare=none',
      paths: '/dashboard/paths?page_url=%2F',
      'paths back': '/dashboard/paths?page_url=%2Fcart&direction=to',
      retention: '/dashboard/retention',
      'retention by week': '/dashboard/retention?interval=week&show=users',
      'dead letters': `/dashboard/dead-letters/${this.letter}?reason=schema`,
      services: '/dashboard/services',
      system: '/dashboard/system',
      'heat map': '/secret-heatmap?layer=grid',
      alerts: '/dashboard/alerts?state=pending',
      'a rule': `/dashboard/alerts/${this.firingRule}`,
      'a new rule': '/dashboard/alerts/new',
      reports: '/dashboard/reports?report=daily',
      'no view': '/dashboard/nowhere',
      clicker: '/clicker',
    };
  }

  async closePages(): Promise<void> {
    await Promise.all(this.browser.contexts().map((context) => context.close()));
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.application.close();
    await this.testDatabase.drop();
  }
}

function visit(now: number): Row[] {
  const of = { user_id: 'ana', session_id: 'morning', page_url: '/cart' };
  return [
    {
      event_type: 'click',
      event_id: randomUUID(),
      timestamp: now - 60_000,
      ...of,
      x: 0.1,
      y: 0.2,
      campaign: { a: [1] },
    },
    { event_type: 'click', event_id: randomUUID(), timestamp: now - 20_000, reaction: 'cheers' },
    { event_type: 'conversion', event_id: randomUUID(), timestamp: now - 50_000, ...of, conversion_type: 'signup' },
    { event_type: 'sale', event_id: randomUUID(), timestamp: now - 40_000, ...of, amount: '19.90', currency: 'EUR' },
  ];
}

export const WALKERS = 6;
const DAY_MS = 86_400_000;

/** Walkers look at page after page, two of them sign up and one of these buys; two were here the day before. */
export function walks(now: number): Row[] {
  const views = (user: number, session: string, at: number, pages: readonly string[]): Row[] =>
    pages.map((page_url, step) => ({
      event_type: 'click',
      event_id: randomUUID(),
      user_id: `walker-${user}`,
      session_id: session,
      timestamp: at + step * 10_000,
      page_url,
      interaction: 'view',
      view_id: randomUUID(),
    }));
  const done = (user: number, at: number, fields: Record<string, unknown>) =>
    ({
      event_id: randomUUID(),
      user_id: `walker-${user}`,
      session_id: `today-${user}`,
      timestamp: at,
      page_url: '/cart',
      ...fields,
    }) as unknown as Row;
  const today = Array.from({ length: WALKERS }, (_, user) =>
    views(user, `today-${user}`, now - 600_000, ['/', user % 2 ? '/albums' : '/tours', ...(user < 4 ? ['/cart'] : [])]),
  );
  const yesterday = [0, 1].map((user) => views(user, `before-${user}`, now - DAY_MS, ['/', '/albums']));
  return [
    ...today.flat(),
    ...yesterday.flat(),
    ...[0, 1].map((user) => done(user, now - 300_000, { event_type: 'conversion', conversion_type: 'signup' })),
    done(0, now - 200_000, { event_type: 'sale', amount: '9.90', currency: 'EUR' }),
  ];
}

/** So many of the texts came the day before too. */
export const TEXTS_OF_YESTERDAY = 12;

/** The day before, for a report of it. */
function yesterday(now: number): Row[] {
  return PAYLOADS.slice(0, TEXTS_OF_YESTERDAY).flatMap((text, at) => {
    const of = { user_id: 'yesterday', page_url: pathWith(text), timestamp: now - DAY_MS - at };
    return [
      { ...of, event_type: 'click', event_id: `y-${at}` },
      { ...of, event_type: 'conversion', event_id: `y-${at}`, conversion_type: text.slice(0, 64) },
      { ...of, event_type: 'sale', event_id: `y-${at}`, amount: '12.50', currency: 'EUR' },
    ] as const;
  });
}

/** The text in every free text that an event has. */
function hostile(text: string, timestamp: number): Row[] {
  const page_url = pathWith(text);
  const of = { user_id: text, session_id: text, page_url, user_agent: text, timestamp, [text.slice(0, 60)]: text };
  return [
    { ...of, event_type: 'click', event_id: text.slice(0, 128) },
    { ...of, event_type: 'conversion', event_id: text.slice(0, 128), conversion_type: text.slice(0, 64) },
    { ...of, event_type: 'sale', event_id: text.slice(0, 128), amount: 1 },
  ];
}
