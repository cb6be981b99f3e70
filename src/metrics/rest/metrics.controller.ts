import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../../platform/config/config.js';
import { OpenRead } from '../../platform/http/access/route-access.js';
import { clientGone } from '../../platform/http/client-gone.js';
import { ApiConditional, conditional } from '../../platform/http/conditional-answer.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { Metrics } from '../application/answers/metrics.answer.js';
import { Timeseries } from '../application/answers/timeseries.answer.js';
import { TopPages } from '../application/answers/top-pages.answer.js';
import { GetMetricsQuery } from '../application/get-metrics.query.js';
import { GetTimeseriesQuery } from '../application/get-timeseries.query.js';
import { GetTopPagesQuery } from '../application/get-top-pages.query.js';
import { windowOf } from '../application/window-parameters.js';
import { TimeZone } from '../domain/time-zone.js';
import { METRICS_VARIABLES } from '../metrics.variables.js';
import {
  comparingOf,
  filterOf,
  GetMetricsRequest,
  GetTimeseriesRequest,
  GetTopPagesRequest,
} from './metrics.request.js';

/** These members of an answer change with the clock, even when no event came: an ETag leaves them out. */
const NOISE = ['as_of', 'lag_ms', 'merged_until', 'window'];

@ApiTags('metrics')
@OpenRead()
@Controller('metrics')
export class MetricsController {
  private readonly polling: { readonly noise: readonly string[]; readonly maxAgeSeconds: number };

  constructor(
    private readonly queries: QueryBus,
    config: Config,
  ) {
    this.polling = { noise: NOISE, maxAgeSeconds: Math.floor(config.of(METRICS_VARIABLES).METRICS_CACHE_MS / 1000) };
  }

  /** Answers counts, rates and revenue of a window. */
  @Get()
  @ApiOperation({
    summary: 'Counts, rates and revenue of a window',
    description:
      'Exact to the millisecond: `(from, to]` by the time of the events, not by whole buckets. With `period` the window slides: it ends now, in ticks of a second, so that all who ask within one share a query.',
  })
  @ApiAnswer(200, Metrics)
  @ApiConditional()
  @ApiProblems(400, 503)
  async figures(
    @Query() query: GetMetricsRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const { compare, include } = query;
    const asked = new GetMetricsQuery(
      windowOf(query),
      filterOf(query),
      comparingOf(compare, TimeZone.named(query.tz)),
      include,
      clientGone(reply),
    );
    return conditional(await this.queries.execute(asked), request, reply, this.polling);
  }

  /** Answers the same figures per minute, quarter-hour, hour, day or week. */
  @Get('timeseries')
  @ApiOperation({
    summary: 'Counts, rate and revenue over time',
    description:
      'Buckets of a time zone’s clocks, empty ones included. The first and the last hold what lies in the window, and say so with `partial`. An hour that the clocks show twice is two buckets.',
  })
  @ApiAnswer(200, Timeseries)
  @ApiConditional()
  @ApiProblems(400, 503)
  async timeseries(
    @Query() query: GetTimeseriesRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const { interval, compare } = query;
    const tz = TimeZone.named(query.tz);
    const asked = new GetTimeseriesQuery(
      windowOf(query),
      interval ?? null,
      tz,
      filterOf(query),
      comparingOf(compare, tz),
      clientGone(reply),
    );
    return conditional(await this.queries.execute(asked), request, reply, this.polling);
  }

  /** Answers the pages with the most clicks, conversions or sales. */
  @Get('pages')
  @ApiOperation({
    summary: 'Pages with the most events of a type',
    description:
      'Counted from the facts: it takes as long as the window has events, and is kept for ten times as long as it took, a minute at most.',
  })
  @ApiAnswer(200, TopPages)
  @ApiConditional()
  @ApiProblems(400, 503)
  async pages(
    @Query() query: GetTopPagesRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | undefined> {
    const asked = new GetTopPagesQuery(windowOf(query), query.event_type, query.limit, clientGone(reply));
    return conditional(await this.queries.execute(asked), request, reply, this.polling);
  }
}
