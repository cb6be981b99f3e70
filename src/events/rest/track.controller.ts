import { Controller, Post, Req } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { BodyAsSent } from '../../platform/http/bodies/body-as-sent.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { RouteIs } from '../../platform/http/route-properties.js';
import { NeedsKey } from '../../platform/http/access/route-access.js';
import { Tracked } from '../application/answers/record-events.answer.js';
import { bodyOf } from './body-of.js';
import { CLICK_EXAMPLE, EVENT_BODY_SCHEMA } from './event-body.schema.js';
import { HttpIntake, ROOM_FOR_AN_EVENT } from './http-intake.js';
import { rejection } from './rejection.problem.js';

@ApiTags('events')
@Controller('track')
export class TrackController {
  constructor(private readonly intake: HttpIntake) {}

  @Post()
  @BodyAsSent()
  @NeedsKey('ingest-public')
  @RouteIs({ clicksOnly: true, foreignOrigins: 'with-keys', roomFor: ROOM_FOR_AN_EVENT })
  @ApiOperation({
    summary: 'Record a click',
    description:
      'Answers after the click is stored. A repeat with the same event_id gets the same answer and is counted once.',
  })
  @ApiHeader({ name: 'X-API-Token', required: false, description: 'Needed when the service has one' })
  @ApiBody({ schema: EVENT_BODY_SCHEMA, examples: { click: { value: CLICK_EXAMPLE } } })
  @ApiAnswer(201, Tracked)
  @ApiProblems(400, 401, 403, 409, 413, 415, 503)
  async track(@Req() request: FastifyRequest): Promise<Tracked> {
    const [verdict] = await this.intake.record(request, [bodyOf(request)], 'click');
    if (verdict?.status === 'rejected') throw rejection(verdict);
    return { event_id: verdict!.eventId };
  }
}
