import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { actorOf, Audit } from '../../access/application/audit/audit.js';
import { OutcomeUnknown } from '../../events/application/event-store.port.js';
import { BodyAsSent, parseBody, sentBody } from '../../platform/http/bodies/body-as-sent.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { Problem } from '../../platform/http/problems/problem.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { callerOf } from '../../platform/http/access/caller.js';
import { NeedsKey } from '../../platform/http/access/route-access.js';
import { ReplayedLetter, ReplayTally } from '../application/answers/replay.answer.js';
import { ReplayDeadLetterCommand } from '../application/replay-dead-letter.command.js';
import { ReplayDeadLettersCommand } from '../application/replay-dead-letters.command.js';
import { ApiLetterId, fullTopicName, letterId } from './dead-letter-address.js';
import { ReplayDeadLettersRequest } from './dead-letters.request.js';

const DEFAULT_LIMIT = 1000;
const CORRECTION_EXAMPLE = { user_id: 'u-1', url: '/pricing', timestamp: 1763809200000 };

/** Records dead letters after all. A second request changes nothing. */
@ApiTags('dead letters')
@NeedsKey('admin')
@Controller('dead-letters')
export class ReplayController {
  constructor(
    private readonly commands: CommandBus,
    private readonly audit: Audit,
  ) {}

  @Post('replay')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Replay the open dead letters of a reason',
    description:
      'As they were, oldest first. Letters that are rejected again stay open; `next_cursor` leads past them. Safe to repeat.',
  })
  @ApiBody({
    type: ReplayDeadLettersRequest,
    examples: { reason: { value: { reason: 'timestamp_range', topic: 'clicks', limit: 1000 } } },
  })
  @ApiAnswer(200, ReplayTally)
  @ApiProblems(400, 401, 403, 413, 415, 503)
  async replayMany(@Body() body: ReplayDeadLettersRequest, @Req() request: FastifyRequest): Promise<ReplayTally> {
    const { reason, topic, limit, cursor } = body;
    const filter = { reason, topic: fullTopicName(topic) };
    const command = new ReplayDeadLettersCommand(filter, limit ?? DEFAULT_LIMIT, cursor ?? null);
    const tally = await this.commands.execute(command).catch(unknownOutcome);
    const { recorded, duplicate, rejected, skipped } = tally;
    const details = { reason, topic: filter.topic, recorded, duplicate, rejected, skipped };
    await this.audit.note({
      actor: actorOf(callerOf(request)),
      action: 'dead_letters.replayed',
      subject: null,
      details,
    });
    return tally;
  }

  @Post(':id/replay')
  @HttpCode(200)
  @BodyAsSent()
  @ApiOperation({
    summary: 'Replay one dead letter, with a corrected event if need be',
    description:
      "Without a body (and without Content-Type) the letter's own bytes are tried again. A body is the corrected event itself, one JSON object: it is recorded byte for byte as if it had been sent then. Times and properties are those of the message, and so is the identity when the event brings none. Once replayed, asking again answers `duplicate`.",
  })
  @ApiLetterId()
  @ApiBody({
    required: false,
    schema: { type: 'object', additionalProperties: true, description: 'The corrected event.' },
    examples: { corrected: { value: CORRECTION_EXAMPLE } },
  })
  @ApiAnswer(200, ReplayedLetter)
  @ApiProblems(400, 401, 403, 404, 409, 413, 415, 503)
  async replayOne(@Param('id') id: string, @Req() request: FastifyRequest): Promise<ReplayedLetter> {
    const correction = sentBody(request);
    if (correction !== null) parseBody(correction); // a body that is no JSON is no attempt
    const command = new ReplayDeadLetterCommand(letterId(id), correction);
    const { verdict, standing } = await this.commands.execute(command).catch(unknownOutcome);
    const details = { status: verdict.status, corrected: correction !== null };
    await this.audit.note({
      actor: actorOf(callerOf(request)),
      action: 'dead_letter.replayed',
      subject: standing.id,
      details,
    });
    const refused = verdict.status === 'rejected' ? verdict : null;
    return {
      id: standing.id,
      status: verdict.status,
      event_id: verdict.eventId,
      code: refused && refused.reason,
      detail: refused && refused.detail,
      state: standing.state,
      attempts: standing.attempts,
      replayed_at: standing.replayed_at,
    };
  }
}

function unknownOutcome(error: unknown): never {
  if (!(error instanceof OutcomeUnknown)) throw error;
  const detail = `The events may be recorded or not: ${error.message}. Replay again; none is counted twice.`;
  throw new Problem(503, 'outcome_unknown', detail, { headers: { 'retry-after': '5' } });
}
