import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Clock } from '../../platform/clock/clock.js';
import { inTurns } from '../../platform/turns/in-turns.js';
import { DEFINITIONS } from '../domain/definitions.js';
import { figuresOf } from '../domain/figures.js';
import { bestEngagement, topAccounts, topUsers } from '../domain/rankings.js';
import { trendsOf } from '../domain/trends.js';
import type { Summary } from './answers/summary.answer.js';
import type { Caller } from './caller.js';
import { type Gathered, Gathering } from './gathering.js';
import { itemsOf } from './lists/service-list.js';

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
  execute({ userId, caller, closed }: GetSummaryQuery): Promise<Summary> {
    return this.gathering.all(userId, caller, closed, async (gathered) => ({
      ...(await inTurns(figuresIn(gathered), closed)),
      timestamp: new Date(this.clock.now()).toISOString(),
      definitions: DEFINITIONS,
      services_status: gathered.services_status,
      sources: gathered.sources,
    }));
  }
}

/** Each step takes some 10 ms where the services list tens of thousands of items. */
function* figuresIn(lists: Gathered): Generator<void, Pick<Summary, 'summary' | 'rankings' | 'trends'>> {
  const top_users = yield* usersIn(lists);
  const posts = yield* itemsOf(lists.posts.items);
  const { averageEngagement, views, likes, interactions } = figuresOf(posts);
  yield;
  const top_accounts = topAccounts(posts);
  yield;
  const best_engagement = bestEngagement(posts);
  yield;
  return {
    summary: {
      total_users: lists.users.items.length,
      total_accounts: lists.accounts.items.length,
      average_engagement: averageEngagement,
      total_views: views,
      total_likes: likes,
      total_interactions: interactions,
    },
    rankings: { top_users, top_accounts, best_engagement },
    trends: trendsOf(posts),
  };
}

/** By itself, so that users and accounts are objects no longer when posts are. */
function* usersIn({ users, accounts }: Gathered): Generator<void, ReturnType<typeof topUsers>> {
  const top = topUsers(yield* itemsOf(accounts.items), yield* itemsOf(users.items));
  yield;
  return top;
}
