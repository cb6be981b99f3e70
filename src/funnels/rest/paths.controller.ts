import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiExtension, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NeedsKey } from '../../platform/http/access/route-access.js';
import { clientGone } from '../../platform/http/client-gone.js';
import { ApiConditional, conditional } from '../../platform/http/conditional-answer.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { invalidRequest } from '../../platform/http/validation.js';
import { Paths } from '../application/answers/paths.answer.js';
import { GetPathsQuery } from '../application/get-paths.query.js';
import { DIRECTIONS } from '../application/paths-reader.port.js';
import { GetPathsRequest } from './paths.request.js';
import { POLLING } from './polling.js';

@ApiTags('analysts')
@NeedsKey('read')
@Controller('paths')
export class PathsController {
  constructor(private readonly queries: QueryBus) {}

  /** Answers where sessions go from a page, or from where they come to it. */
  @Get()
  @ApiOperation({
    summary: 'Where sessions go from a page, or come from to it',
    description:
      'A tree of at most five steps, five branches each, and how many take others. A session counts once: on from its first visit to the page, or back from its last. Its visits are its views in the window, or its clicks where it has no view; the same page twice in a row is one visit. Send `from` or `to`, not both. Counted from the facts: it takes as long as the window has events, and is kept for ten times as long as it took, a minute at most.',
  })
  @ApiExtension('x-one-of', [...DIRECTIONS])
  @ApiAnswer(200, Paths)
  @ApiConditional()
  @ApiProblems(400, 503)
  async paths(
    @Query() { from, to, period }: GetPathsRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const page = from ?? to;
    if (page === undefined || (from !== undefined && to !== undefined)) {
      const message = 'must be sent with the address of a page: one of the two, not both';
      throw invalidRequest(DIRECTIONS.map((field) => ({ field, message })));
    }
    const asked = new GetPathsQuery(page, from === undefined ? 'to' : 'from', period, clientGone(reply));
    return conditional(await this.queries.execute(asked), request, reply, POLLING);
  }
}
