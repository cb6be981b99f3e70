import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NeedsKey } from '../../platform/http/access/route-access.js';
import { clientGone } from '../../platform/http/client-gone.js';
import { LINK_HEADER, linkNext } from '../../platform/http/next-link.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { AlertPage } from '../application/answers/alert.answer.js';
import { GetAlertsQuery } from '../application/get-alerts.query.js';
import { GetAlertsRequest } from './alerts.request.js';

/** Shows the alerts that fire, and those that have fired. */
@ApiTags('alerts')
@NeedsKey('read')
@Controller('alerts')
export class AlertsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({
    summary: 'Alerts, newest first',
    description:
      'Pending, firing and resolved ones, by `started_at`. While figures are not complete, or too few, an alert keeps its state, and `judged` says so.',
  })
  @ApiAnswer(200, AlertPage, { headers: LINK_HEADER })
  @ApiProblems(400, 401, 403, 503)
  async list(
    @Query() { state, limit, cursor }: GetAlertsRequest,
    @Req() { url }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AlertPage> {
    const page = await this.queries.execute(
      new GetAlertsQuery(state ?? null, limit, cursor ?? null, clientGone(reply)),
    );
    linkNext(reply, { url }, page.next_cursor);
    return page;
  }
}
