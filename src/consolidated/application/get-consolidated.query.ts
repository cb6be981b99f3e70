import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Clock } from '../../platform/clock/clock.js';
import { inTurns } from '../../platform/turns/in-turns.js';
import { figuresOf } from '../domain/figures.js';
import type { Consolidated } from './answers/consolidated.answer.js';
import type { MetricsEntry, Post } from './answers/items.answer.js';
import type { Caller } from './caller.js';
import { type Gathered, Gathering } from './gathering.js';
import { type Part, writtenBytes } from './lists/written-bytes.js';
import { decodeListCursor, encodeListCursor } from './lists/list-cursor.js';
import { itemsOf, type ServiceList } from './lists/service-list.js';
import type { Sourced } from './sourced.js';

/** An answer of the shape `Consolidated`. */
export interface WrittenConsolidated {
  /** The whole of it: the lists are never made objects of. */
  readonly json: Buffer;
  readonly next_cursor: string | null;
}

/** Asks for everything that the four services know, in one answer. */
export class GetConsolidatedQuery extends Query<WrittenConsolidated> {
  constructor(
    /** Null: the items of all users. */
    readonly userId: string | null,
    /** The most items of each list; null: all of them. */
    readonly limit: number | null,
    readonly cursor: string | null,
    readonly caller: Caller,
    readonly closed: AbortSignal,
  ) {
    super();
  }
}

@QueryHandler(GetConsolidatedQuery)
export class GetConsolidatedHandler implements IQueryHandler<GetConsolidatedQuery> {
  constructor(
    private readonly gathering: Gathering,
    private readonly clock: Clock,
  ) {}

  /** @throws {InvalidCursor} @throws {NoUpstreamAnswers} @throws the reason why `closed` aborted */
  async execute({ userId, limit, cursor, caller, closed }: GetConsolidatedQuery): Promise<WrittenConsolidated> {
    const from = cursor === null ? 0 : decodeListCursor(cursor);
    const to = limit === null ? Infinity : from + limit;
    return this.gathering.all(userId, caller, closed, (gathered) =>
      inTurns(written(gathered, from, to, new Date(this.clock.now())), closed),
    );
  }
}

/** Writes the members of `Consolidated`, each list from item to item. */
function* written(
  { users, accounts, posts, dashboard, services_status, sources }: Gathered,
  from: number,
  to: number,
  now: Date,
): Generator<void, WrittenConsolidated> {
  const sums = { count: posts.items.length, dashboard: posts.dashboard ?? [yield* totalsOf(posts.items)] };
  const follows = [users, accounts, posts, dashboard].some(({ items }) => items.length > to);
  const rest = {
    metadata: {
      total_users: users.items.length,
      total_accounts: accounts.items.length,
      total_posts_analyzed: posts.items.length,
      timestamp: now.toISOString(),
      services_status,
    },
    next_cursor: follows ? encodeListCursor(to) : null,
    sources,
  };
  const part = <Item>({ items: list }: Sourced<Item>): Part => ({
    list,
    from: Math.min(from, list.length),
    to: Math.min(to, list.length),
  });
  const json = yield* writtenBytes([
    '{"users":[',
    part(users),
    '],"scraped_accounts":[',
    part(accounts),
    '],"metrics":{"items":[',
    part(posts),
    `],${membersOf(sums)}},"dashboard_data":[`,
    part(dashboard),
    `],${membersOf(rest)}}`,
  ]);
  return { json, next_cursor: rest.next_cursor };
}

const membersOf = (object: Partial<Consolidated> | Partial<Consolidated['metrics']>) =>
  JSON.stringify(object).slice(1, -1);

function* totalsOf(posts: ServiceList<Post>): Generator<void, MetricsEntry> {
  const { views, likes, averageEngagement } = figuresOf(yield* itemsOf(posts));
  return {
    metric: 'totals',
    totalPosts: posts.length,
    totalViews: views,
    totalLikes: likes,
    avgEngagement: averageEngagement,
  };
}
