import { EVENT_TYPES, type EventType } from '../../events/domain/incoming-event.js';

export interface DemoEvent {
  readonly type: EventType;
  readonly userId: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The source of randomness and ids; tests give fixed ones. */
export interface Chance {
  /** `[0, 1)` */
  random(): number;
  uuid(): string;
}

interface Page {
  readonly path: string;
  /** The places where clicks gather: buttons and pictures, as fractions of the document. */
  readonly hotSpots: readonly (readonly [x: number, y: number])[];
  /** Pages that a click leads to; a page that is named twice is twice as likely. */
  readonly next: readonly string[];
}

const PAGES: readonly Page[] = [
  {
    path: '/',
    hotSpots: [
      [0.5, 0.2],
      [0.2, 0.45],
      [0.8, 0.45],
    ],
    next: ['/albums', '/albums', '/tours', '/signup'],
  },
  {
    path: '/albums',
    hotSpots: [
      [0.25, 0.3],
      [0.5, 0.3],
      [0.75, 0.3],
    ],
    next: ['/albums/avengers', '/albums/live', '/'],
  },
  {
    path: '/albums/avengers',
    hotSpots: [
      [0.7, 0.35],
      [0.3, 0.6],
    ],
    next: ['/cart', '/albums', '/albums', '/albums/live'],
  },
  {
    path: '/albums/live',
    hotSpots: [
      [0.7, 0.35],
      [0.4, 0.8],
    ],
    next: ['/cart', '/albums', '/albums', '/'],
  },
  {
    path: '/tours',
    hotSpots: [
      [0.5, 0.5],
      [0.5, 0.7],
    ],
    next: ['/signup', '/albums', '/'],
  },
  { path: '/signup', hotSpots: [[0.5, 0.55]], next: ['/', '/albums'] },
  {
    path: '/cart',
    hotSpots: [
      [0.8, 0.8],
      [0.2, 0.4],
    ],
    next: ['/checkout', '/albums'],
  },
  { path: '/checkout', hotSpots: [[0.8, 0.85]], next: ['/'] },
];
const HOME = PAGES[0] as Page;
const SITE = 'https://shop.example';

const SCREENS = [
  [1920, 1080],
  [1440, 900],
  [1366, 768],
  [390, 844],
  [412, 915],
] as const;
const AGENTS = {
  desktop: 'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36',
  phone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
};
const PRICES = ['9.90', '14.50', '19.90', '19.90', '34.00', '89.00'];
const CURRENCIES = ['EUR', 'EUR', 'EUR', 'USD', 'GBP'];

/** Per act on a page: how often it is a vote, ends the session, and how often the page's purpose is fulfilled. */
const VOTES = 0.077;
const LEAVES = 0.06;
const SIGNS_UP = 0.7;
const BUYS = 0.6;
/** Clicks miss their button by so much of the document, at most; small misses are likelier. */
const AIM = 0.06;
/** A page is so many screens long. */
const PAGE_SCREENS = 3;

/** One person: looks at a page, clicks on to the next, may sign up, may pay at the checkout, leaves and comes back as a new session. */
export class Visitor {
  private readonly userId: string;
  private readonly screen: readonly [number, number];
  private page: Page;
  private sessionId: string;
  private viewId: string;
  /** Has come to the page, and not looked at it yet. */
  private arrives: boolean;

  constructor(private readonly chance: Chance) {
    this.userId = chance.uuid();
    this.sessionId = this.newSession();
    this.viewId = this.newView();
    this.screen = this.pick(SCREENS);
    // The visitors begin in the middle of something, so that the first seconds are like all others.
    this.page = this.pick(PAGES);
    this.arrives = this.happens(0.5);
  }

  /** Leaves, and comes anew: another session begins at the home page. */
  comeAnew(): void {
    this.sessionId = this.newSession();
    this.arriveAt(HOME);
  }

  /** The next event of this visitor, at `now` (epoch milliseconds). */
  act(now: number): DemoEvent {
    if (this.arrives) {
      this.arrives = false;
      return this.event('click', now, { ...this.place(), interaction: 'view', scroll_depth: this.depth() });
    }
    if (this.happens(VOTES)) return this.event('click', now, { reaction: this.happens(0.8) ? 'cheers' : 'hate' });
    const done = this.actOnPage(now);
    this.move();
    return done;
  }

  private actOnPage(now: number): DemoEvent {
    const { path } = this.page;
    const url = SITE + path;
    if (path === '/signup' && this.happens(SIGNS_UP)) {
      return this.event('conversion', now, { url, conversion_type: this.happens(0.8) ? 'signup' : 'subscription' });
    }
    if (path === '/checkout' && this.happens(BUYS)) {
      return this.event('sale', now, { url, amount: this.pick(PRICES), currency: this.pick(CURRENCIES) });
    }
    return this.event('click', now, { ...this.place(), ...this.aim(path) });
  }

  private move(): void {
    if (this.happens(LEAVES)) return this.comeAnew();
    const next = this.pick(this.page.next);
    this.arriveAt(PAGES.find((page) => page.path === next) ?? HOME);
  }

  private arriveAt(page: Page): void {
    this.page = page;
    this.viewId = this.newView();
    this.arrives = true;
  }

  private place(): Record<string, unknown> {
    const [width, height] = this.screen;
    const document = { document_width: width, document_height: PAGE_SCREENS * height };
    return { url: SITE + this.page.path, view_id: this.viewId, ...document };
  }

  /** How far the page is read: the first screen at least. */
  private depth(): number {
    const first = 1 / PAGE_SCREENS;
    return Number((first + (1 - first) * this.chance.random()).toFixed(2));
  }

  private aim(path: string): Record<string, unknown> {
    const [width, height] = this.screen;
    const page = PAGES.find((each) => each.path === path) ?? HOME;
    const [x, y] = this.pick(page.hotSpots);
    return {
      x: this.near(x),
      y: this.near(y),
      viewport_width: width,
      viewport_height: height,
      scroll_y: Math.round(Math.max(0, y - 0.4) * PAGE_SCREENS * height),
      user_agent: width < 500 ? AGENTS.phone : AGENTS.desktop,
    };
  }

  private event(type: EventType, now: number, fields: Record<string, unknown>): DemoEvent {
    const identity = { event_id: this.chance.uuid(), user_id: this.userId, session_id: this.sessionId, timestamp: now };
    return { type, userId: this.userId, payload: { ...identity, ...fields } };
  }

  private near(centre: number): number {
    const miss = (this.chance.random() + this.chance.random() - 1) * AIM;
    return Number(Math.min(1, Math.max(0, centre + miss)).toFixed(4));
  }

  private newSession = (): string => `sess_${this.chance.uuid().slice(-12)}`;
  private newView = (): string => `view_${this.chance.uuid().slice(-12)}`;
  private happens = (probability: number): boolean => this.chance.random() < probability;
  private pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.chance.random() * list.length)] as T;
  }
}

/** Events of many visitors, each taking its turn at random. */
export class Visitors {
  readonly visitors: readonly Visitor[];

  constructor(
    users: number,
    private readonly chance: Chance,
  ) {
    this.visitors = Array.from({ length: users }, () => new Visitor(chance));
  }

  next(now: number): DemoEvent {
    const visitor = this.visitors[Math.floor(this.chance.random() * this.visitors.length)] as Visitor;
    return visitor.act(now);
  }
}

export const countsPerType = (): Record<EventType, number> =>
  Object.fromEntries(EVENT_TYPES.map((type) => [type, 0])) as Record<EventType, number>;
