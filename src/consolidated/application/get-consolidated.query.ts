import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Clock } from '../../platform/clock/clock.js';
import { figuresOf } from '../domain/figures.js';
import type { Consolidated } from './answers/consolidated.answer.js';
import type { MetricsEntry } from './answers/items.answer.js';
import type { Caller } from './caller.js';
import { Gathering } from './gathering.js';
import { decodeListCursor, encodeListCursor } from './list-cursor.js';
import type { SourcedPosts } from './post-metrics.port.js';

/** Asks for everything that the four services know, in one answer. */
export class GetConsolidatedQuery extends Query<Consolidated> {
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

  /** @throws {InvalidCursor} @throws {NoUpstreamAnswers} */
  async execute({ userId, limit, cursor, caller, closed }: GetConsolidatedQuery): Promise<Consolidated> {
    const from = cursor === null ? 0 : decodeListCursor(cursor);
    const { users, accounts, posts, dashboard, services_status, sources } = await this.gathering.all(
      userId,
      caller,
      closed,
    );
    const to = limit === null ? Infinity : from + limit;
    const cut = <Item>({ items }: { readonly items: readonly Item[] }) =>
      from === 0 && to >= items.length ? items : items.slice(from, to);
    const follows = [users, accounts, posts, dashboard].some(({ items }) => items.length > to);
    return {
      users: cut(users),
      scraped_accounts: cut(accounts),
      metrics: { items: cut(posts), count: posts.items.length, dashboard: posts.dashboard ?? [totalsOf(posts)] },
      dashboard_data: cut(dashboard),
      metadata: {
        total_users: users.items.length,
        total_accounts: accounts.items.length,
        total_posts_analyzed: posts.items.length,
        timestamp: new Date(this.clock.now()).toISOString(),
        services_status,
      },
      next_cursor: follows ? encodeListCursor(to) : null,
      sources,
    };
  }
}

function totalsOf({ items }: SourcedPosts): MetricsEntry {
  const { views, likes, averageEngagement } = figuresOf(items);
  return {
    metric: 'totals',
    totalPosts: items.length,
    totalViews: views,
    totalLikes: likes,
    avgEngagement: averageEngagement,
  };
}
