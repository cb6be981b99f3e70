import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Clock } from '../../platform/clock/clock.js';
import { DEFINITIONS } from '../domain/definitions.js';
import { figuresOf } from '../domain/figures.js';
import { bestEngagement, topAccounts, topUsers } from '../domain/rankings.js';
import { trendsOf } from '../domain/trends.js';
import type { Summary } from './answers/summary.answer.js';
import type { Caller } from './caller.js';
import { Gathering } from './gathering.js';

/** Answers totals, rankings and trends of what the services know. */
export class GetSummaryQuery extends Query<Summary> {
  constructor(
    /** Null: the figures of all users. */
    readonly userId: string | null,
    readonly caller: Caller,
    readonly closed: AbortSignal,
  ) {
    super();
  }
}

@QueryHandler(GetSummaryQuery)
export class GetSummaryHandler implements IQueryHandler<GetSummaryQuery> {
  constructor(
    private readonly gathering: Gathering,
    private readonly clock: Clock,
  ) {}

  /** @throws {NoUpstreamAnswers} */
  async execute({ userId, caller, closed }: GetSummaryQuery): Promise<Summary> {
    const { users, accounts, posts, services_status, sources } = await this.gathering.all(userId, caller, closed);
    const { averageEngagement, views, likes, interactions } = figuresOf(posts.items);
    return {
      summary: {
        total_users: users.items.length,
        total_accounts: accounts.items.length,
        average_engagement: averageEngagement,
        total_views: views,
        total_likes: likes,
        total_interactions: interactions,
      },
      rankings: {
        top_users: topUsers(accounts.items, users.items),
        top_accounts: topAccounts(posts.items),
        best_engagement: bestEngagement(posts.items),
      },
      trends: trendsOf(posts.items),
      timestamp: new Date(this.clock.now()).toISOString(),
      definitions: DEFINITIONS,
      services_status,
      sources,
    };
  }
}
