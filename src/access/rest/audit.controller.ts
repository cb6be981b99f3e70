import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NeedsKey } from '../../platform/http/access/route-access.js';
import { clientGone } from '../../platform/http/client-gone.js';
import { LINK_HEADER, linkNext } from '../../platform/http/next-link.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { IntegerParameter, TextParameter } from '../../platform/http/query-parameters.js';
import { AuditPage } from '../application/answers/audit.answer.js';
import { GetAuditQuery } from '../application/audit/get-audit.query.js';

class GetAuditRequest {
  @TextParameter({ max: 64, description: 'Only what was done with this key.', example: 'api_token' })
  readonly actor?: string;

  @TextParameter({ max: 64, description: 'Only this.', example: 'key.created' })
  readonly action?: string;

  @IntegerParameter({ min: 1, max: 1000, default: 100, description: 'Entries of a page.', example: 100 })
  readonly limit: number = 100;

  @TextParameter({
    max: 1024,
    description: 'The `next_cursor` of an earlier answer.',
    example: 'MSAxNzYzODA5MjAwMDAwIDAxOWFhYjRjLTNlODAtN2FiYy04ZGVmLTAxMjM0NTY3ODlhYg',
  })
  readonly cursor?: string;
}

/** Shows who changed what. */
@ApiTags('access')
@NeedsKey('admin')
@Controller('audit')
export class AuditController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({
    summary: 'Who changed what, newest first',
    description:
      'Keys, replays and commands of operators. Entries are never changed, and dropped after AUDIT_RETENTION_DAYS.',
  })
  @ApiAnswer(200, AuditPage, { headers: LINK_HEADER })
  @ApiProblems(400, 401, 403, 503)
  async list(
    @Query() { actor, action, limit, cursor }: GetAuditRequest,
    @Req() { url }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AuditPage> {
    const filter = { actor: actor ?? null, action: action ?? null };
    const page = await this.queries.execute(new GetAuditQuery(filter, limit, cursor ?? null, clientGone(reply)));
    linkNext(reply, { url }, page.next_cursor);
    return page;
  }
}
