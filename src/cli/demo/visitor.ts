import { EVENT_TYPES, type EventType } from '../../events/domain/incoming-event.js';

export interface DemoEvent {
  readonly type: EventType;
  readonly userId: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Where the randomness and the ids come from: tests give fixed ones. */
export interface Chance {
  /** `[0, 1)` */
  random(): number;
  uuid(): string;
}

interface Page {
  readonly path: string;
  /** Where clicks gather: buttons and pictures, as fractions of the document. */
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

/** Per click: how often it is a vote, ends the session, and how often the page's purpose is fulfilled. */
const VOTES = 0.04;
const LEAVES = 0.06;
const SIGNS_UP = 0.7;
const BUYS = 0.6;
/** Clicks miss their button by so much of the document, at most; small misses are likelier. */
const AIM = 0.06;

/** One person: clicks from page to page, may sign up, may pay at the checkout, leaves and comes back as a new session. */
export class Visitor {
  private readonly userId: string;
  private readonly screen: readonly [number, number];
  private page: Page;
  private sessionId: string;

  constructor(private readonly chance: Chance) {
    this.userId = chance.uuid();
    this.sessionId = this.newSession();
    this.screen = this.pick(SCREENS);
    this.page = this.pick(PAGES); // in the middle of something, so that the first seconds are like all others
  }

  /** The next event of this visitor, at `now` (epoch milliseconds). */
  act(now: number): DemoEvent {
    const { path } = this.page;
    if (this.happens(VOTES)) return this.event('click', now, { reaction: this.happens(0.8) ? 'cheers' : 'hate' });
    this.move();
    if (path === '/signup' && this.happens(SIGNS_UP)) {
      return this.event('conversion', now, {
        url: SITE + path,
        conversion_type: this.happens(0.8) ? 'signup' : 'subscription',
      });
    }
    if (path === '/checkout' && this.happens(BUYS)) {
      return this.event('sale', now, { url: SITE + path, amount: this.pick(PRICES), currency: this.pick(CURRENCIES) });
    }
    return this.event('click', now, { url: SITE + path, ...this.aim(path) });
  }

  private move(): void {
    if (this.happens(LEAVES)) {
      this.page = HOME;
      this.sessionId = this.newSession();
      return;
    }
    const next = this.pick(this.page.next);
    this.page = PAGES.find((page) => page.path === next) ?? HOME;
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
      scroll_y: Math.round(Math.max(0, y - 0.4) * 3 * height),
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
  private happens = (probability: number): boolean => this.chance.random() < probability;
  private pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.chance.random() * list.length)] as T;
  }
}

/** Events of many visitors, each taking its turn at random. */
export class Visitors {
  private readonly visitors: readonly Visitor[];

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
