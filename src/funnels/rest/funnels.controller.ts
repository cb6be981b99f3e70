import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { windowOf } from '../../metrics/application/window-parameters.js';
import { TimeZone } from '../../metrics/domain/time-zone.js';
import { NeedsKey } from '../../platform/http/access/route-access.js';
import { clientGone } from '../../platform/http/client-gone.js';
import { ApiConditional, conditional } from '../../platform/http/conditional-answer.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { invalidRequest } from '../../platform/http/validation.js';
import { Funnel } from '../application/answers/funnel.answer.js';
import { GetFunnelQuery } from '../application/get-funnel.query.js';
import { withinOf } from '../domain/patience.js';
import { parseSteps } from '../domain/step.js';
import { GetFunnelRequest } from './funnel.request.js';
import { POLLING } from './polling.js';

@ApiTags('analysts')
@NeedsKey('read')
@Controller('funnel')
export class FunnelsController {
  constructor(private readonly queries: QueryBus) {}

  /** Answers how many do one thing after the other, and where they drop out. */
  @Get()
  @ApiOperation({
    summary: 'How many do one thing after the other, and where they drop out',
    description:
      'Any event of the first step inside the window may start; of all chains of a user the furthest counts, then the earliest. Each next step is the earliest that fits, at the same millisecond or later, also after the window; one event serves one step. Counted from the facts: it takes as long as there are events of the steps, and is kept for ten times as long as it took, a minute at most.',
  })
  @ApiAnswer(200, Funnel)
  @ApiConditional()
  @ApiProblems(400, 503)
  async funnel(
    @Query() query: GetFunnelRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const within = withinOf(query.within);
    if (within === null) {
      const message = 'must be minutes, hours or days such as 30m, 24h, 7d, at most 90d';
      throw invalidRequest([{ field: 'within', message }]);
    }
    const tz = TimeZone.named(query.tz);
    const { by, page_url: pageUrl = null, compare } = query;
    const comparing = compare === undefined ? null : { with: compare, tz };
    const steps = parseSteps(query.steps);
    const wanted = { steps, by, within, withinText: query.within, pageUrl, compare: comparing };
    const asked = new GetFunnelQuery(windowOf(query), wanted, clientGone(reply));
    return conditional(await this.queries.execute(asked), request, reply, POLLING);
  }
}
