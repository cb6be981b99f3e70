import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { OpenWrite } from '../../../platform/http/access/route-access.js';
import { BodyAsSent } from '../../../platform/http/bodies/body-as-sent.js';
import { RouteIs } from '../../../platform/http/route-properties.js';
import { bodyOf } from '../body-of.js';
import { HttpIntake, ROOM_FOR_AN_EVENT } from '../http-intake.js';
import { olderClick } from './older-click.js';
import { rejection } from '../rejection.problem.js';

interface OlderAnswer {
  readonly status: 'ok';
  readonly event_id: string;
}

/** A click as the older tracker sends it, answered in its shape. */
@ApiExcludeController()
@Controller('api/heatmap/click.php')
export class OlderPageClicksController {
  constructor(private readonly intake: HttpIntake) {}

  @Post()
  @BodyAsSent()
  @OpenWrite()
  @HttpCode(200)
  @RouteIs({
    clicksOnly: true,
    plainText: true,
    foreignOrigins: 'always',
    olderErrors: true,
    roomFor: ROOM_FOR_AN_EVENT,
  })
  async record(@Req() request: FastifyRequest): Promise<OlderAnswer> {
    const [verdict] = await this.intake.record(request, [olderClick(bodyOf(request))], 'click');
    if (verdict?.status === 'rejected') throw rejection(verdict);
    return { status: 'ok', event_id: verdict!.eventId };
  }
}
