import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TimeZone } from '../../metrics/domain/time-zone.js';
import { NeedsKey } from '../../platform/http/access/route-access.js';
import { clientGone } from '../../platform/http/client-gone.js';
import { ApiConditional, conditional } from '../../platform/http/conditional-answer.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { Retention } from '../application/answers/retention.answer.js';
import { GetRetentionQuery } from '../application/get-retention.query.js';
import { POLLING } from './polling.js';
import { GetRetentionRequest } from './retention.request.js';

@ApiTags('analysts')
@NeedsKey('read')
@Controller('retention')
export class RetentionController {
  constructor(private readonly queries: QueryBus) {}

  /** Answers which share of the users came back. */
  @Get()
  @ApiOperation({
    summary: 'Who came back, by the day or week of their first event',
    description:
      'Cohorts by the first event of each user that is kept, and the share of each that had an event (no scroll) in every later interval. Whole intervals: those that hold `from` and `to`, and all between. The interval that runs is not counted as a return yet: null. Counted from the facts: it takes as long as there are events, and is kept for ten times as long as it took, a minute at most.',
  })
  @ApiAnswer(200, Retention)
  @ApiConditional()
  @ApiProblems(400, 503)
  async retention(
    @Query() { interval, tz, from, to }: GetRetentionRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const wanted = { from: from ?? null, to: to ?? null };
    const asked = new GetRetentionQuery(interval, TimeZone.named(tz), wanted, clientGone(reply));
    return conditional(await this.queries.execute(asked), request, reply, POLLING);
  }
}
