import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { countCharacters } from '../../events/domain/characters.js';
import { isStorableText } from '../../events/domain/parsing/storable-text.js';
import { NeedsKey } from '../../platform/http/access/route-access.js';
import { clientGone } from '../../platform/http/client-gone.js';
import { LINK_HEADER, linkNext } from '../../platform/http/next-link.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { invalidRequest } from '../../platform/http/validation.js';
import { Journey } from '../application/answers/journey.answer.js';
import { GetJourneyQuery } from '../application/get-journey.query.js';
import { GetJourneyRequest } from './journey.request.js';

/** Characters, counted as recording counts them. */
const MAX_USER_ID = 255;

@ApiTags('analysts')
@NeedsKey('read')
@Controller('users')
export class JourneysController {
  constructor(private readonly queries: QueryBus) {}

  /** Answers what one person did, session by session, oldest first. */
  @Get(':user_id/journey')
  @ApiOperation({
    summary: "A person's sessions and events, oldest first",
    description:
      'By `session_id`; of events without one, each that follows within 30 minutes belongs to the same session. A page ends in the middle of a session where its `limit` of events is reached, or where long addresses have filled about 4 MB: the session goes on with the next page (`continued`), and its figures are those of the whole session on both. A person without events has no sessions. An event that is recorded during a walk, and is older than what was shown, may change where a session begins: what was shown is then not taken back.',
  })
  @ApiParam({
    name: 'user_id',
    description: 'As producers send it.',
    schema: { type: 'string', minLength: 1, maxLength: MAX_USER_ID, example: '550e8400-e29b-41d4-a716-446655440000' },
  })
  @ApiAnswer(200, Journey, { headers: LINK_HEADER })
  @ApiProblems(400, 503)
  async journey(
    @Param('user_id') userId: string,
    @Query() { from, to, limit, cursor }: GetJourneyRequest,
    @Req() { url }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Journey> {
    if (countCharacters(userId) > MAX_USER_ID || !isStorableText(userId)) {
      throw invalidRequest([
        { field: 'user_id', message: `must be 1 to ${MAX_USER_ID} characters, none of them U+0000` },
      ]);
    }
    const asked = new GetJourneyQuery(
      userId,
      { from: from ?? null, to: to ?? null },
      { limit, cursor: cursor ?? null },
      clientGone(reply),
    );
    const journey = await this.queries.execute(asked);
    linkNext(reply, { url }, journey.next_cursor);
    return journey;
  }
}
