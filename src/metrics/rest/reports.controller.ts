import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NeedsKey } from '../../platform/http/access/route-access.js';
import { clientGone } from '../../platform/http/client-gone.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { Problem } from '../../platform/http/problems/problem.js';
import { Report } from '../application/answers/report.answer.js';
import { GetReportQuery } from '../application/get-report.query.js';
import { type Report as ReportName, REPORTS } from '../domain/finished-period.js';
import { TimeZone } from '../domain/time-zone.js';
import { GetReportRequest } from './metrics.request.js';
import { reportCsv, wantsCsv } from './report-csv.js';

@ApiTags('analysts')
@NeedsKey('read')
@Controller('reports')
export class ReportsController {
  constructor(private readonly queries: QueryBus) {}

  /** Answers the last day, week or month that is over, beside the one before. */
  @Get(':report')
  @ApiOperation({
    summary: 'The last day, week or month that is over, against the one before',
    description:
      'Days, weeks (from Monday) and months of the zone’s clocks, from their first millisecond to their last. The figures are those of `/metrics`. With `Accept: text/csv` a line per figure: `report,from,to,figure,label,value,before,change,change_percent`.',
  })
  @ApiParam({
    name: 'report',
    description: 'Of which length.',
    schema: { type: 'string', enum: Object.keys(REPORTS), example: 'weekly' },
  })
  @ApiAnswer(200, Report, {
    content: { 'text/csv': { schema: { type: 'string', description: 'RFC 4180 with a header.' } } },
  })
  @ApiProblems(400, 404, 503)
  async report(
    @Param('report') report: string,
    @Query() { tz }: GetReportRequest,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Report | string> {
    if (!isReport(report)) {
      throw new Problem(404, 'report_not_found', `There are the reports ${Object.keys(REPORTS).join(', ')}.`);
    }
    const found = await this.queries.execute(new GetReportQuery(report, TimeZone.named(tz), clientGone(reply)));
    void reply.header('vary', 'Accept');
    if (!wantsCsv(headers.accept)) return found;
    void reply.type('text/csv; charset=utf-8; header=present');
    void reply.header('content-disposition', `attachment; filename="${report}.csv"`);
    return reportCsv(found);
  }
}

const isReport = (name: string): name is ReportName => Object.hasOwn(REPORTS, name);
