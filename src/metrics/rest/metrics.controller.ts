import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../platform/http/problem.response.js';
import { GetMetricsQuery } from '../application/get-metrics.query.js';
import { GetMetricsRequest } from './metrics.request.js';
import { MetricsResponse } from './metrics.response.js';

@ApiTags('metrics')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly queries: QueryBus) {}

  /** Counts and conversion rate of the window that ends now. */
  @Get()
  @ApiOperation({
    summary: 'Counts and conversion rate of a sliding window',
    description: 'Exact to the millisecond: `(now − period, now]` by the time of the events, not by whole buckets.',
  })
  @ApiOkResponse({ type: MetricsResponse })
  @ApiProblems(400, 503)
  get(@Query() { period }: GetMetricsRequest): Promise<MetricsResponse> {
    return this.queries.execute(new GetMetricsQuery(period));
  }
}
