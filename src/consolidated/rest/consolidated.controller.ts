import { Controller, Get, Header, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientGone } from '../../platform/http/client-gone.js';
import { LINK_HEADER, linkNext } from '../../platform/http/next-link.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { OpenRead } from '../../platform/http/access/route-access.js';
import { RouteIs } from '../../platform/http/route-properties.js';
import { invalidRequest } from '../../platform/http/validation.js';
import { Consolidated } from '../application/answers/consolidated.answer.js';
import { ServicesHealth } from '../application/answers/services-health.answer.js';
import { Summary } from '../application/answers/summary.answer.js';
import { GetConsolidatedQuery } from '../application/get-consolidated.query.js';
import { GetServicesHealthQuery } from '../application/get-services-health.query.js';
import { GetSummaryQuery } from '../application/get-summary.query.js';
import { Callers } from './caller-of.js';
import { GetConsolidatedRequest, GetSummaryRequest } from './consolidated.request.js';
import { ApiNoUpstream, unlessNoneAnswers } from './no-upstream.problem.js';

const PASSED_ON =
  '`Authorization` is passed on to the services and is no key of ours here: that is `X-API-Token`. `X-Request-Id` and `traceparent` are passed on too.';

const ApiAuthorization = () =>
  ApiHeader({
    name: 'traceparent',
    required: false,
    description: 'W3C Trace Context, passed on to the services.',
    schema: { type: 'string', maxLength: 200 },
  });

/** Answers what four other services know, with as much as can be had within REQUEST_TIMEOUT. */
@ApiTags('orchestrator')
@OpenRead()
@RouteIs({ passesAuthorization: true })
@Controller('api')
export class ConsolidatedController {
  constructor(
    private readonly queries: QueryBus,
    private readonly callers: Callers,
  ) {}

  @Get('dashboard/consolidated')
  // The answer depends on the credentials.
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Users, accounts, post metrics and the global dashboard in one answer',
    description: `All four services are asked at once; what one does not answer is missing, and \`sources\` says why. ${PASSED_ON}`,
  })
  @ApiAuthorization()
  @ApiAnswer(200, Consolidated, { headers: LINK_HEADER })
  @ApiProblems(400)
  @ApiNoUpstream()
  async consolidated(
    @Query() { user_id, limit, cursor }: GetConsolidatedRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const [caller, closed] = [this.callers.of(request), clientGone(reply)];
    const query = new GetConsolidatedQuery(this.userOf(user_id), limit ?? null, cursor ?? null, caller, closed);
    const { json, next_cursor } = await unlessNoneAnswers(this.queries.execute(query));
    linkNext(reply, request, next_cursor);
    void reply.type('application/json; charset=utf-8');
    return json;
  }

  @Get('dashboard/summary')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Totals, rankings and trends of what the services know',
    description: `The formulas stand in \`definitions\`. ${PASSED_ON}`,
  })
  @ApiAuthorization()
  @ApiAnswer(200, Summary)
  @ApiProblems(400)
  @ApiNoUpstream()
  summary(
    @Query() { user_id }: GetSummaryRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Summary> {
    const query = new GetSummaryQuery(this.userOf(user_id), this.callers.of(request), clientGone(reply));
    return unlessNoneAnswers(this.queries.execute(query));
  }

  @Get('health/services')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'How the four services are',
    description: `Each is asked once for its data and has 2 s. None of them makes \`/health\` degraded. ${PASSED_ON}`,
  })
  @ApiAnswer(200, ServicesHealth)
  health(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<ServicesHealth> {
    return this.queries.execute(new GetServicesHealthQuery(this.callers.of(request), clientGone(reply)));
  }

  /** The id of a user becomes part of an address, so it must not lead elsewhere. */
  private userOf(userId: string | undefined): string | null {
    if (userId === undefined) return null;
    const fits = !/^\.\.?$/.test(userId) && this.callers.mayTell(userId);
    if (!fits) throw invalidRequest([{ field: 'user_id', message: 'must be the id of a user' }]);
    return userId;
  }
}
