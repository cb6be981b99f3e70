import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { TObject } from 'typebox';
import { Pool } from 'undici';
import { Clock } from '../../../platform/clock/clock.js';
import { Config } from '../../../platform/config/config.js';
import { Logger } from '../../../platform/observability/logger.js';
import { AnswerRoom } from '../../application/answer-room.js';
import { DashboardEntry, Post, ScrapedAccount, User } from '../../application/answers/items.answer.js';
import type { GlobalDashboard } from '../../application/global-dashboard.port.js';
import type { PostMetrics } from '../../application/post-metrics.port.js';
import type { ScrapedAccounts } from '../../application/scraped-accounts.port.js';
import type { UpstreamConditions } from '../../application/upstream-conditions.port.js';
import type { Users } from '../../application/users.port.js';
import { CONSOLIDATED_VARIABLES } from '../../consolidated.variables.js';
import type { UpstreamName } from '../../domain/upstream.js';
import { ItemCheck } from './listed-items.js';
import { ListingService } from './listing-service.js';
import { ownSums } from './own-sums.js';
import { isOwnBroker } from './own-broker.js';
import { askOfDashboard, askOfMetrics, askOfUsers } from './questions.js';
import { AnswerBodies } from './exchange/answer-body.js';
import { Upstream } from './upstream.js';
import { UpstreamFigures } from './upstream-figures.js';

/** So many callers with credentials of their own are served at once. More of them wait, within their deadline. */
const CONNECTIONS = 256;
const MAX_HEADER_BYTES = 16_384;

/** The four services over HTTP. Only this class knows of time-outs, attempts and addresses. */
@Injectable()
export class HttpUpstreams implements OnModuleDestroy {
  readonly users: Users;
  readonly accounts: ScrapedAccounts;
  readonly posts: PostMetrics;
  readonly dashboard: GlobalDashboard;
  readonly conditions: UpstreamConditions;

  private readonly pools: Pool[] = [];
  private readonly maxBytes: number;
  private readonly bodies: AnswerBodies;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly figures: UpstreamFigures,
    room: AnswerRoom,
  ) {
    const settings = config.of(CONSOLIDATED_VARIABLES);
    this.maxBytes = settings.UPSTREAM_MAX_MB * 1_000_000;
    this.bodies = new AnswerBodies(this.maxBytes, room);
    const nothing = () => null;
    const users = this.service('microservice1', settings.MICROSERVICE1_URL, User, nothing);
    const accounts = this.service('microservice2', settings.MICROSERVICE2_URL, ScrapedAccount, nothing);
    const posts = this.service('microservice3', settings.MICROSERVICE3_URL, Post, ownSums);
    const dashboard = this.service('microservice4', settings.MICROSERVICE4_URL, DashboardEntry, nothing);

    const userQuestion = (userId: string | null) =>
      askOfUsers<User>(
        {
          listPath: settings.MICROSERVICE1_USERS_PATH,
          userPath: settings.MICROSERVICE1_USER_PATH,
          ownerOf: ({ id }) => id,
        },
        userId,
      );
    const accountQuestion = (userId: string | null) =>
      askOfUsers<ScrapedAccount>(
        {
          listPath: settings.MICROSERVICE2_ACCOUNTS_PATH,
          userPath: settings.MICROSERVICE2_USER_ACCOUNTS_PATH,
          ownerOf: ({ user_id }) => user_id,
        },
        userId,
      );
    const postQuestion = (userId: string | null) => ({ request: askOfMetrics(settings, userId), isWanted: null });
    const dashboardQuestion = { request: askOfDashboard(settings), isWanted: null };

    this.users = { of: (userId, caller, closed) => users.ask(userQuestion(userId), caller, closed) };
    this.accounts = { of: (userId, caller, closed) => accounts.ask(accountQuestion(userId), caller, closed) };
    this.posts = {
      of: async (userId, caller, closed) => {
        const { beside, ...outcome } = await posts.ask(postQuestion(userId), caller, closed);
        return { ...outcome, dashboard: beside };
      },
    };
    this.dashboard = { whole: (caller, closed) => dashboard.ask(dashboardQuestion, caller, closed) };
    this.conditions = {
      now: async (caller, closed) => {
        const [microservice1, microservice2, microservice3, microservice4] = await Promise.all([
          users.condition(userQuestion(null), caller, closed),
          accounts.condition(accountQuestion(null), caller, closed),
          posts.condition(postQuestion(null), caller, closed),
          dashboard.condition(dashboardQuestion, caller, closed),
        ]);
        return { microservice1, microservice2, microservice3, microservice4 };
      },
    };
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.pools.map((pool) => pool.destroy()));
  }

  private service<Schema extends TObject, Beside>(
    name: UpstreamName,
    address: string,
    schema: Schema,
    beside: (sums: string | null) => Beside,
  ) {
    const { maxBytes, figures, logger, clock } = this;
    const now = () => clock.now();
    const upstream = isOwnBroker(address, this.config) ? null : this.upstream(name, address, now);
    const check = new ItemCheck(schema);
    return new ListingService({ name, upstream, check, maxBytes, beside, figures, logger, now });
  }

  private upstream(name: UpstreamName, address: string, now: () => number): Upstream {
    const { REQUEST_TIMEOUT, MAX_RETRIES, RETRY_DELAY, UPSTREAM_BREAKER_MS } = this.config.of(CONSOLIDATED_VARIABLES);
    const { origin, pathname } = new URL(address);
    const timeoutMs = REQUEST_TIMEOUT * 1000;
    // The deadline of the call is the only time-out: an attempt may use what is left of it.
    const pool = new Pool(origin, {
      connections: CONNECTIONS,
      pipelining: 1,
      connect: { timeout: timeoutMs + 1_000 },
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: MAX_HEADER_BYTES,
    });
    this.pools.push(pool);
    return new Upstream(
      {
        name,
        basePath: pathname.replace(/\/+$/, ''),
        timeoutMs,
        attempts: MAX_RETRIES,
        retryDelayMs: RETRY_DELAY * 1000,
        breakerMs: UPSTREAM_BREAKER_MS,
      },
      { dispatcher: pool, bodies: this.bodies, figures: this.figures, now },
    );
  }
}
