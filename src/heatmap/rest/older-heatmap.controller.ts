import { Controller, Get, Header, Query, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { OpenRead } from '../../platform/http/access/route-access.js';
import { clientGone } from '../../platform/http/client-gone.js';
import { RouteIs } from '../../platform/http/route-properties.js';
import { type OlderPages, GetOlderPagesQuery } from '../application/get-older-pages.query.js';
import { type OlderSummary, GetOlderSummaryQuery } from '../application/get-older-summary.query.js';
import { GetOlderSummaryRequest } from './heatmap.request.js';

/** Serves the paths and shapes of the older heat map. */
@ApiExcludeController()
@OpenRead()
@RouteIs({ olderErrors: true })
@Controller('api/heatmap')
export class OlderHeatmapController {
  constructor(private readonly queries: QueryBus) {}

  @Get('summary.php')
  @Header('cache-control', 'no-store')
  summary(
    @Query() { page_url, page }: GetOlderSummaryRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OlderSummary> {
    return this.queries.execute(new GetOlderSummaryQuery(page_url ?? page ?? null, clientGone(reply)));
  }

  @Get('pages.php')
  @Header('cache-control', 'no-store')
  pages(@Res({ passthrough: true }) reply: FastifyReply): Promise<OlderPages> {
    return this.queries.execute(new GetOlderPagesQuery(clientGone(reply)));
  }
}
