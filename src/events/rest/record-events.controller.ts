import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { BodyAsSent, parseBody } from '../../platform/http/bodies/body-as-sent.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { NeedsKey } from '../../platform/http/access/route-access.js';
import { RecordedEvents } from '../application/answers/record-events.answer.js';
import { itemsOf, resultsOf } from './batch.js';
import { bodyOf } from './body-of.js';
import { BATCH_BODY_SCHEMA, BATCH_EXAMPLE } from './event-body.schema.js';
import { HttpIntake } from './http-intake.js';

@ApiTags('events')
@Controller('events')
export class RecordEventsController {
  constructor(private readonly intake: HttpIntake) {}

  @Post()
  @HttpCode(200)
  @BodyAsSent()
  @NeedsKey('ingest')
  @ApiOperation({
    summary: 'Record up to 1000 events',
    description:
      'A verdict for each, after all are stored; one bad item harms no other. A resend with the same ids is safe: what was recorded answers `duplicate`. Content-Encoding gzip, deflate and br are understood.',
  })
  @ApiBody({ schema: BATCH_BODY_SCHEMA, examples: { batch: { value: BATCH_EXAMPLE } } })
  @ApiAnswer(200, RecordedEvents)
  @ApiProblems(400, 401, 403, 413, 415, 503)
  async record(@Req() request: FastifyRequest): Promise<RecordedEvents> {
    const body = bodyOf(request);
    return resultsOf(await this.intake.record(request, itemsOf(body, parseBody(body)), null));
  }
}
