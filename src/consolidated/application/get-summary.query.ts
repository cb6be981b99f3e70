import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Clock } from '../../platform/clock/clock.js';
import { inTurns } from '../../platform/turns/in-turns.js';
import { DEFINITIONS } from '../domain/definitions.js';
import { figuresOf } from '../domain/figures.js';
import { bestEngagement, topAccounts, topUsers } from '../domain/rankings.js';
import { trendsOf } from '../domain/trends.js';
import type { Post, ScrapedAccount, User } from './answers/items.answer.js';
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

  /** @throws {NoUpstreamAnswers} @throws the reason why `closed` aborted */
  async execute({ userId, caller, closed }: GetSummaryQuery): Promise<Summary> {
    const { users, accounts, posts, services_status, sources } = await this.gathering.all(userId, caller, closed);
    const figures = await inTurns(figuresIn(users.items, accounts.items, posts.items), closed);
    return {
      ...figures,
      timestamp: new Date(this.clock.now()).toISOString(),
      definitions: DEFINITIONS,
      services_status,
      sources,
    };
  }
}

/** Each step takes some 10 ms where the services list tens of thousands of items. */
function* figuresIn(
  users: readonly User[],
  accounts: readonly ScrapedAccount[],
  posts: readonly Post[],
): Generator<void, Pick<Summary, 'summary' | 'rankings' | 'trends'>> {
  const { averageEngagement, views, likes, interactions } = figuresOf(posts);
  yield;
  const top_users = topUsers(accounts, users);
  yield;
  const top_accounts = topAccounts(posts);
  yield;
  const best_engagement = bestEngagement(posts);
  yield;
  return {
    summary: {
      total_users: users.length,
      total_accounts: accounts.length,
      average_engagement: averageEngagement,
      total_views: views,
      total_likes: likes,
      total_interactions: interactions,
    },
    rankings: { top_users, top_accounts, best_engagement },
    trends: trendsOf(posts),
  };
}
