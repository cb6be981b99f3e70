import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { NeedsKey } from '../../platform/http/access/route-access.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { ErasuresPage } from '../application/answers/erasure.answer.js';
import { GetErasuresQuery } from '../application/get-erasures.query.js';
import { GetErasuresRequest } from './erasures.request.js';

/** Answers the log that another region reads before it merges the events of this one. */
@ApiTags('regions')
@NeedsKey('merge')
@Controller('regions/erasures')
export class ErasuresController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({
    summary: 'Who was erased in this region, as keyed hashes',
    description:
      'Page by page, for another region that merges this one: it takes them over before any event. The hashes are made with ERASURE_KEY; a region with another key refuses to merge.',
  })
  @ApiAnswer(200, ErasuresPage)
  @ApiProblems(400, 401, 403, 503)
  page(@Query() { cursor, limit }: GetErasuresRequest): Promise<ErasuresPage> {
    return this.queries.execute(new GetErasuresQuery(cursor ?? null, limit));
  }
}
