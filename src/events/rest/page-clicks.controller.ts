import { Controller, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OpenWrite } from '../../platform/http/access/route-access.js';
import { BodyAsSent, parseBody } from '../../platform/http/bodies/body-as-sent.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { RouteIs } from '../../platform/http/route-properties.js';
import { RecordedEvents, Tracked } from '../application/answers/record-events.answer.js';
import { itemsOf, resultsOf } from './batch.js';
import { bodyOf } from './body-of.js';
import { CLICK_EXAMPLE, EVENT_BODY_SCHEMA, PAGE_BATCH_BODY_SCHEMA, PAGE_BATCH_EXAMPLE } from './event-body.schema.js';
import { HttpIntake, ROOM_FOR_AN_EVENT } from './http-intake.js';
import { rejection } from './rejection.problem.js';

/** Takes what pages of any site send, by the tracker or as clients of the older heat map. */
@ApiTags('events')
@Controller('api/heatmap/click')
export class PageClicksController {
  constructor(private readonly intake: HttpIntake) {}

  @Post()
  @BodyAsSent()
  @OpenWrite()
  @RouteIs({
    clicksOnly: true,
    plainText: true,
    keyInBody: true,
    foreignOrigins: 'always',
    roomFor: ROOM_FOR_AN_EVENT,
  })
  @ApiOperation({
    summary: 'Record clicks and views of a page',
    description:
      'One, as `POST /track` takes it; or up to 1000 as `events`, each answered as by `POST /events`. Also as `text/plain`, which a page of another origin may send without a preflight. A `key` beside `events` is looked at where a key is needed and no header has one, and is never stored.',
  })
  @ApiBody({
    schema: { anyOf: [EVENT_BODY_SCHEMA, PAGE_BATCH_BODY_SCHEMA] },
    examples: { click: { value: CLICK_EXAMPLE }, batch: { value: PAGE_BATCH_EXAMPLE } },
  })
  @ApiAnswer(200, RecordedEvents, { description: 'To a batch.' })
  @ApiAnswer(201, Tracked, { description: 'To one.' })
  @ApiProblems(400, 401, 403, 409, 413, 415, 429, 503)
  async record(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RecordedEvents | Tracked> {
    const body = bodyOf(request);
    const parsed = parseBody(body);
    if (isBatch(parsed)) {
      void reply.status(200);
      return resultsOf(await this.intake.record(request, itemsOf(body, parsed), 'click'));
    }
    const [verdict] = await this.intake.record(request, [body], 'click');
    if (verdict?.status === 'rejected') throw rejection(verdict);
    return { event_id: verdict!.eventId };
  }
}

const isBatch = (parsed: unknown): boolean =>
  typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) && 'events' in parsed;
