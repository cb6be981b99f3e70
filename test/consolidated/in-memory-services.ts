import type {
  DashboardEntry,
  Post,
  ScrapedAccount,
  User,
} from '../../src/consolidated/application/answers/items.answer.js';
import type { GlobalDashboard } from '../../src/consolidated/application/global-dashboard.port.js';
import type { PostMetrics } from '../../src/consolidated/application/post-metrics.port.js';
import type { ScrapedAccounts } from '../../src/consolidated/application/scraped-accounts.port.js';
import type { ServiceList } from '../../src/consolidated/application/lists/service-list.js';
import type { Sourced } from '../../src/consolidated/application/sourced.js';
import type { Users } from '../../src/consolidated/application/users.port.js';
import type { Reason } from '../../src/consolidated/domain/upstream.js';
import { TEST_TIME } from '../support/events.js';

/** The four ports. */
export interface Services {
  readonly users: Users;
  readonly accounts: ScrapedAccounts;
  readonly posts: PostMetrics;
  readonly dashboard: GlobalDashboard;
}

export interface Things {
  readonly users: readonly User[];
  readonly accounts: readonly ScrapedAccount[];
  /** With `userId` beside their fields. */
  readonly posts: readonly (Post & { readonly userId: number })[];
  readonly dashboard: readonly DashboardEntry[];
}

/** The services as objects: they have what they are given, at once, or fail as they are told. */
export class InMemoryServices implements Services {
  failure: Reason | null = null;

  constructor(
    private readonly things: Things,
    /** How much memory each of their answers takes. */
    private readonly bytes = 0,
  ) {}

  readonly users: Users = {
    of: (userId, _, closed) => this.answer(this.things.users, ({ id }) => id, userId, closed),
  };
  readonly accounts: ScrapedAccounts = {
    of: (userId, _, closed) => this.answer(this.things.accounts, ({ user_id }) => user_id, userId, closed),
  };
  readonly posts: PostMetrics = {
    of: async (userId, _, closed) => ({
      ...(await this.answer(this.things.posts, (post) => post.userId, userId, closed)),
      dashboard: null,
    }),
  };
  readonly dashboard: GlobalDashboard = {
    whole: (_, closed) => this.answer(this.things.dashboard, () => null, null, closed),
  };

  private answer<Item>(
    all: readonly Item[],
    ownerOf: (item: Item) => unknown,
    userId: string | null,
    closed: AbortSignal,
  ): Promise<Sourced<Item>> {
    if (closed.aborted) return Promise.reject(closed.reason as Error);
    const { failure } = this;
    const items = failure ? [] : all.filter((item) => userId === null || String(ownerOf(item)) === userId);
    const status = failure ? 'error' : items.length > 0 ? 'ok' : 'no_data';
    const how = { attempts: 1, ms: 0, rejectedItems: 0, at: TEST_TIME, bytes: this.bytes };
    return Promise.resolve({ items: listOf(items), status, reason: failure, detail: failure, ...how });
  }
}

function listOf<Item>(items: readonly Item[]): ServiceList<Item> {
  const written = items.map((item) => JSON.stringify(item));
  return {
    length: items.length,
    [Symbol.iterator]: () => items.values(),
    json: (index) => written[index]!,
    mostBytes: (from, to) => Buffer.byteLength(written.slice(from, to).join('')),
  };
}
