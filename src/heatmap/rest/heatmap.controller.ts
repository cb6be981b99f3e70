import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { windowOf } from '../../metrics/application/window-parameters.js';
import { OpenRead } from '../../platform/http/access/route-access.js';
import { clientGone } from '../../platform/http/client-gone.js';
import { ApiConditional, conditional } from '../../platform/http/conditional-answer.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { HeatmapPages } from '../application/answers/pages.answer.js';
import { HeatmapSummary } from '../application/answers/summary.answer.js';
import { GetHeatmapPagesQuery } from '../application/get-heatmap-pages.query.js';
import { GetHeatmapSummaryQuery } from '../application/get-heatmap-summary.query.js';
import { GetHeatmapPagesRequest, GetHeatmapSummaryRequest } from './heatmap.request.js';

/**
 * These members change with the clock, even if nothing happened. A client asks each time, because a kept answer also serves
 * those who come later.
 */
const POLLING = { noise: ['as_of', 'lag_ms', 'window'], maxAgeSeconds: 0 };

@ApiTags('heat map')
@OpenRead()
@Controller('api/heatmap')
export class HeatmapController {
  constructor(private readonly queries: QueryBus) {}

  @Get('summary')
  @ApiOperation({
    summary: 'Where a page was clicked and how far it was read',
    description:
      'Counted from the events, exact to the millisecond. It takes as long as the page has clicks and views in the window, less from the third time on, and is kept for ten times as long as it took, a minute at most. Past the time of a read it is refused with a range that would do.',
  })
  @ApiAnswer(200, HeatmapSummary)
  @ApiConditional()
  @ApiProblems(400, 503)
  async summary(
    @Query() query: GetHeatmapSummaryRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const { page_url, device, user_id, rows, columns, elements, events } = query;
    const asked = new GetHeatmapSummaryQuery(
      { pageUrl: page_url, device: device ?? null, userId: user_id ?? null },
      windowOf(query),
      { rows, columns, elements: elements === 'true', events },
      clientGone(reply),
    );
    return conditional(await this.queries.execute(asked), request, reply, POLLING);
  }

  @Get('pages')
  @ApiOperation({
    summary: 'The pages that were clicked most',
    description:
      'Counted from the events: it takes as long as the window has events, and is kept for ten times as long as it took, a minute at most.',
  })
  @ApiAnswer(200, HeatmapPages)
  @ApiConditional()
  @ApiProblems(400, 503)
  async pages(
    @Query() query: GetHeatmapPagesRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const asked = new GetHeatmapPagesQuery(windowOf(query), query.limit, clientGone(reply));
    return conditional(await this.queries.execute(asked), request, reply, POLLING);
  }
}
