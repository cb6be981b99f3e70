import { Controller, Get, Query, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { TimeRange } from '../../events/domain/time-range.js';
import { NeedsKey } from '../../platform/http/access/route-access.js';
import { clientGone } from '../../platform/http/client-gone.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { FactsAnswer } from '../application/answers/facts.answer.js';
import { GetFactsQuery } from '../application/facts/get-facts.query.js';
import { GetFactsRequest } from './regions.request.js';

/** Answers what another region reads when it merges this one. */
@ApiTags('regions')
@NeedsKey('merge')
@Controller('regions/facts')
export class FactsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({
    summary: 'What this region recorded, in the order of its commits',
    description:
      'Page by page, for another region that merges it. Follow `next_cursor` until it is null, and begin the next walk at the last `watermark`: it shows every fact that was committed since, however old its time. A page may be empty and not the last.',
  })
  @ApiAnswer(200, FactsAnswer)
  @ApiProblems(400, 401, 403, 503)
  async page(
    @Query() { cursor, since, limit }: GetFactsRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FactsAnswer> {
    const from = since === undefined ? null : TimeRange.parseMoment(since, 'since');
    void reply.header('cache-control', 'no-store');
    return this.queries.execute(new GetFactsQuery(cursor ?? null, from, limit, clientGone(reply)));
  }
}
