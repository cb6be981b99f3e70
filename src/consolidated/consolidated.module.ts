import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AnswerRoom } from './application/answer-room.js';
import { Gathering } from './application/gathering.js';
import { GetConsolidatedHandler } from './application/get-consolidated.query.js';
import { GetServicesHealthHandler } from './application/get-services-health.query.js';
import { GetSummaryHandler } from './application/get-summary.query.js';
import { GlobalDashboard } from './application/global-dashboard.port.js';
import { OwnKeys } from './application/own-keys.port.js';
import { PostMetrics } from './application/post-metrics.port.js';
import { ScrapedAccounts } from './application/scraped-accounts.port.js';
import { SharedCalls } from './application/shared-calls.js';
import { UpstreamConditions } from './application/upstream-conditions.port.js';
import { Users } from './application/users.port.js';
import { KeysInForce } from './infrastructure/keys-in-force.js';
import { HttpUpstreams } from './infrastructure/http/http-upstreams.js';
import { UpstreamFigures } from './infrastructure/http/upstream-figures.js';
import { Callers } from './rest/caller-of.js';
import { ConsolidatedController } from './rest/consolidated.controller.js';
import { RedocController } from './rest/redoc.controller.js';

const ofUpstreams = <Port>(port: (upstreams: HttpUpstreams) => Port) => ({ useFactory: port, inject: [HttpUpstreams] });

/** Asks four other services at once. It has no data of its own, and needs neither PostgreSQL nor Pulsar. */
@Module({
  imports: [CqrsModule],
  controllers: [ConsolidatedController, RedocController],
  providers: [
    // ask
    GetConsolidatedHandler,
    GetSummaryHandler,
    GetServicesHealthHandler,
    Gathering,
    SharedCalls,
    AnswerRoom,
    // the services
    HttpUpstreams,
    UpstreamFigures,
    { provide: Users, ...ofUpstreams(({ users }) => users) },
    { provide: ScrapedAccounts, ...ofUpstreams(({ accounts }) => accounts) },
    { provide: PostMetrics, ...ofUpstreams(({ posts }) => posts) },
    { provide: GlobalDashboard, ...ofUpstreams(({ dashboard }) => dashboard) },
    { provide: UpstreamConditions, ...ofUpstreams(({ conditions }) => conditions) },
    // who asks
    Callers,
    { provide: OwnKeys, useClass: KeysInForce },
  ],
})
export class ConsolidatedModule {}
