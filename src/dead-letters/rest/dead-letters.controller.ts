import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientGone } from '../../platform/http/client-gone.js';
import { LINK_HEADER, linkNext } from '../../platform/http/next-link.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { NeedsKey } from '../../platform/http/access/route-access.js';
import { DeadLetterCounts, DeadLetterDetails, DeadLetterPage } from '../application/answers/dead-letter.answer.js';
import { CountDeadLettersQuery } from '../application/count-dead-letters.query.js';
import { GetDeadLetterQuery } from '../application/get-dead-letter.query.js';
import { GetDeadLettersQuery } from '../application/get-dead-letters.query.js';
import { ApiLetterId, fullTopicName, letterId } from './dead-letter-address.js';
import { GetDeadLettersRequest } from './dead-letters.request.js';
import { payloadText } from './payload-text.js';

/** Shows an operator the messages that could not be recorded. */
@ApiTags('dead letters')
@NeedsKey('read')
@Controller('dead-letters')
export class DeadLettersController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({
    summary: 'Dead letters, newest first',
    description:
      'Messages that could not be recorded, by `first_seen`. Follow `next_cursor` (or the header `Link: …; rel="next"`) with the same filters. Filters work together.',
  })
  @ApiAnswer(200, DeadLetterPage, { headers: LINK_HEADER })
  @ApiProblems(400, 401, 503)
  async list(
    @Query() { reason, topic, state, from, to, limit, cursor }: GetDeadLettersRequest,
    @Req() { url }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeadLetterPage> {
    const filter = {
      reason: reason ?? null,
      topic: fullTopicName(topic),
      state: state ?? null,
      from: from ?? null,
      to: to ?? null,
    };
    const page = await this.queries.execute(new GetDeadLettersQuery(filter, limit, cursor ?? null, clientGone(reply)));
    linkNext(reply, { url }, page.next_cursor);
    return page;
  }

  @Get('counts')
  @ApiOperation({
    summary: 'Dead letters by reason',
    description: 'Every reason there is, in the order of the checks, with what it means and how to mend it.',
  })
  @ApiAnswer(200, DeadLetterCounts)
  @ApiProblems(401, 503)
  async counts(): Promise<DeadLetterCounts> {
    const reasons = await this.queries.execute(new CountDeadLettersQuery());
    const total = (state: 'open' | 'replayed') => reasons.reduce((sum, reason) => sum + reason[state], 0);
    return { reasons, open: total('open'), replayed: total('replayed') };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One dead letter', description: 'With its bytes as sent and where they came from.' })
  @ApiLetterId()
  @ApiAnswer(200, DeadLetterDetails)
  @ApiProblems(400, 401, 404, 503)
  async one(@Param('id') id: string): Promise<DeadLetterDetails> {
    const { payload, envelope, schema_version, ...letter } = await this.queries.execute(
      new GetDeadLetterQuery(letterId(id)),
    );
    return {
      ...letter,
      payload_base64: payload.toString('base64'),
      payload_text: payloadText(payload, letter.payload_bytes),
      envelope_base64: envelope && envelope.toString('base64'),
      schema_version_base64: schema_version && schema_version.toString('base64'),
    };
  }
}
