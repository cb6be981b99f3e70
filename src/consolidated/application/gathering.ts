import { Injectable } from '@nestjs/common';
import { Lane } from '../../platform/turns/lane.js';
import type { UpstreamName } from '../domain/upstream.js';
import { AnswerRoom } from './answer-room.js';
import type { DashboardEntry, ScrapedAccount, User } from './answers/items.answer.js';
import type { ServicesStatus, Source } from './answers/source.answer.js';
import type { Caller } from './caller.js';
import { GlobalDashboard } from './global-dashboard.port.js';
import { PostMetrics, type SourcedPosts } from './post-metrics.port.js';
import { ScrapedAccounts } from './scraped-accounts.port.js';
import { SharedCalls } from './shared-calls.js';
import type { Sourced } from './sourced.js';
import { Users } from './users.port.js';

/** Views of more than this are made one after the other: each takes about as much memory again. */
const LARGE_BYTES = 262_144;
/** Longer than any view takes to make, with all that wait before it. */
const PATIENCE_MS = 60_000;

export interface Gathered {
  readonly users: Sourced<User>;
  readonly accounts: Sourced<ScrapedAccount>;
  readonly posts: SourcedPosts;
  readonly dashboard: Sourced<DashboardEntry>;
  readonly services_status: ServicesStatus;
  readonly sources: readonly Source[];
}

/** No service answered, so there is nothing to show. */
export class NoUpstreamAnswers extends Error {
  override readonly name = 'NoUpstreamAnswers';
  constructor(
    /** Whether one of them might have answered with more time. */
    readonly forTime: boolean,
    readonly services_status: ServicesStatus,
    readonly sources: readonly Source[],
  ) {
    super('none of the services answers');
  }
}

/** Asks all four services at once, for both views of them. */
@Injectable()
export class Gathering {
  private readonly large = new Lane({
    of: 'large answers of the orchestrator',
    atOnce: 1,
    waiting: Infinity,
    patienceMs: PATIENCE_MS,
  });

  constructor(
    private readonly users: Users,
    private readonly accounts: ScrapedAccounts,
    private readonly posts: PostMetrics,
    private readonly dashboard: GlobalDashboard,
    private readonly shared: SharedCalls,
    private readonly room: AnswerRoom,
  ) {}

  /**
   * Makes a view of all that the four services have.
   *
   * @param userId the user whose items are meant; null: all users
   * @param view must not keep the lists: they take room only until it is done
   * @throws {NoUpstreamAnswers} @throws the reason why `closed` aborted
   */
  async all<View>(
    userId: string | null,
    caller: Caller,
    closed: AbortSignal,
    view: (gathered: Gathered) => Promise<View>,
  ): Promise<View> {
    const held: Sourced<unknown>[] = [];
    let isOver = false;
    const keep = <Outcome extends Sourced<unknown>>(outcome: Outcome) => {
      if (!isOver) held.push(outcome);
      if (!isOver) this.room.keep(outcome);
      return outcome;
    };
    try {
      const gathered = await this.gathered(userId, caller, closed, keep);
      const bytes = held.reduce((sum, outcome) => sum + outcome.bytes, 0);
      return await (bytes > LARGE_BYTES ? this.large.run(() => view(gathered), closed) : view(gathered));
    } finally {
      isOver = true;
      for (const outcome of held) this.room.letGo(outcome);
    }
  }

  /** @param keep is given what a service has as soon as it has come, while others may be waited for */
  private async gathered(
    userId: string | null,
    caller: Caller,
    closed: AbortSignal,
    keep: <Outcome extends Sourced<unknown>>(outcome: Outcome) => Outcome,
  ): Promise<Gathered> {
    const { authorization } = caller;
    const ask = async <Outcome extends Sourced<unknown>>(
      of: string,
      user: string | null,
      begin: (abandoned: AbortSignal) => Promise<Outcome>,
    ) => keep(await this.shared.get({ of, userId: user, authorization }, closed, { begin, kept: keptBytes }));
    const [users, accounts, posts, dashboard] = await Promise.all([
      ask('users', userId, (abandoned) => this.users.of(userId, caller, abandoned)),
      ask('scraped_accounts', userId, (abandoned) => this.accounts.of(userId, caller, abandoned)),
      ask('post_metrics', userId, (abandoned) => this.posts.of(userId, caller, abandoned)),
      ask('global_dashboard', null, (abandoned) => this.dashboard.whole(caller, abandoned)),
    ]);
    const services_status: ServicesStatus = {
      microservice1: users.status,
      microservice2: accounts.status,
      microservice3: posts.status,
      microservice4: dashboard.status,
    };
    const sources = [
      sourceOf('microservice1', 'users', users),
      sourceOf('microservice2', 'scraped_accounts', accounts),
      sourceOf('microservice3', 'post_metrics', posts),
      sourceOf('microservice4', 'global_dashboard', dashboard),
    ];
    if (sources.every(({ status }) => status === 'error')) {
      const forTime = sources.some(({ reason }) => reason === 'timeout');
      throw new NoUpstreamAnswers(forTime, services_status, sources);
    }
    return { users, accounts, posts, dashboard, services_status, sources };
  }
}

const sourceOf = (name: UpstreamName, gives: string, outcome: Sourced<unknown>): Source => ({
  name,
  gives,
  status: outcome.status,
  ms: Math.round(outcome.ms),
  attempts: outcome.attempts,
  reason: outcome.reason,
  detail: outcome.detail,
  rejected_items: outcome.rejectedItems,
  as_of: new Date(outcome.at).toISOString(),
});

/** A failure is not kept, because the service may answer the next caller. */
const keptBytes = ({ status, bytes }: Sourced<unknown>): number | null => (status === 'error' ? null : bytes);
