import { Body, Controller, Get, Header, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBody, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TimeRange } from '../../events/domain/time-range.js';
import { OpenRead, OpenWrite } from '../../platform/http/access/route-access.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { RouteIs } from '../../platform/http/route-properties.js';
import { LiveData, LiveFrame, VotePublished } from '../application/answers/live.answer.js';
import { GetLiveDataQuery } from '../application/get-live-data.query.js';
import { LiveStreams } from './live-streams.js';
import { GetLiveDataRequest, VOTE_SCHEMA } from './live.request.js';
import { VoteIntake } from './vote-intake.js';

const REACTIONS = { cheers: 'cheers', hate: 'hate' } as const;

/** Takes the presses of two buttons, and shows them to everybody. */
@ApiTags('live')
@Controller('live')
export class LiveController {
  constructor(
    private readonly queries: QueryBus,
    private readonly votes: VoteIntake,
    private readonly streams: LiveStreams,
  ) {}

  @Post('click')
  @OpenWrite()
  @HttpCode(202)
  @RouteIs({ clicksOnly: true, plainText: true, foreignOrigins: 'always' })
  @ApiOperation({
    summary: 'Vote',
    description:
      'Published to the topic of clicks; answers when the broker has it. 503 with `Retry-After` when it has not: a resend with the same `event_id` counts once.',
  })
  @ApiBody({ schema: VOTE_SCHEMA as object, examples: { cheers: { value: { type: 'cheers' } } } })
  @ApiAnswer(202, VotePublished)
  @ApiProblems(400, 401, 403, 413, 415, 429, 503)
  async click(@Body() body: unknown): Promise<VotePublished> {
    const { eventId } = await this.votes.take(body, REACTIONS);
    return { event_id: eventId };
  }

  @Get('data')
  @OpenRead()
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Votes, and the last two minutes in bins of two seconds',
    description: 'What `/live/stream` tells, for who asks. Equal questions share an answer for half a second.',
  })
  @ApiAnswer(200, LiveData)
  @ApiProblems(400, 401, 403, 503)
  data(@Query() { since }: GetLiveDataRequest): Promise<LiveData> {
    return this.queries.execute(
      new GetLiveDataQuery(since === undefined ? null : TimeRange.parseMoment(since, 'since')),
    );
  }

  @Get('stream')
  @OpenRead()
  @ApiOperation({
    summary: 'The bins as they fill, as Server-Sent Events',
    description:
      'First the last 60 bins; then each second the bins that still fill (`final: false`), each bin once more when it closes, two seconds after its end, and again without an id when an event comes late, up to ten minutes. The id of a frame is the start of its newest closed bin, epoch milliseconds, alike on all replicas. With `Last-Event-ID` also the bins closed since, ten minutes back; else `event: gap` says what is missing.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last frame that came.',
    schema: { type: 'string', maxLength: 15, example: '1763809200000' },
  })
  @ApiAnswer(200, LiveFrame, { mediaType: 'text/event-stream', description: 'The `data` of each frame.' })
  @ApiProblems(400, 401, 403, 429, 503)
  stream(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.streams.open(request, reply);
  }
}
