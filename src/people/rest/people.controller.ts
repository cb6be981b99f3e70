import { Readable } from 'node:stream';
import { Controller, Delete, Get, Param, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { actorOf, Audit } from '../../access/application/audit/audit.js';
import { EXPORT_PAGE_BYTES } from '../../events/application/export-events.query.js';
import { callerOf } from '../../platform/http/access/caller.js';
import { NeedsKey } from '../../platform/http/access/route-access.js';
import { HeldAnswers } from '../../platform/http/answers/held-answers.js';
import { clientGone } from '../../platform/http/client-gone.js';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { ApiProblems } from '../../platform/http/problems/api-problems.js';
import { Problem } from '../../platform/http/problems/problem.js';
import { PersonErasure } from '../application/answers/erasure.answer.js';
import { ErasePersonCommand } from '../application/erase-person.command.js';
import { ErasureKeyUnfit } from '../application/erasure-key.js';
import { ExportPersonQuery } from '../application/export/export-person.query.js';
import { heldStream } from './held-stream.js';
import { ApiUserId, checkedUserId } from './user-id.js';

const NDJSON = 'application/x-ndjson';
/** It holds the page that waits for the client, and the one that is still in the connection. */
const HELD_BYTES = 2 * EXPORT_PAGE_BYTES;

/** Answers what a person may ask of whoever keeps data on them. */
@ApiTags('people')
@NeedsKey('admin')
@Controller('users')
export class PeopleController {
  constructor(
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
    private readonly answers: HeldAnswers,
    private readonly audit: Audit,
  ) {}

  @Get(':user_id/export')
  @ApiOperation({
    summary: 'All that is held on a person, as NDJSON',
    description:
      "An object per line: `kind` says what it is, and under its name it stands: `event` (as `/events` shows it, oldest first), then `dead_letter` (with its bytes, the first 8 MiB), then `conflict` (a content in which regions contradict each other). A dead letter is the person's if its `user_id` is theirs; where none can be read in it, if its bytes hold the id. A person of whom nothing is held has no lines. A connection that breaks before the end means that it is not all.",
  })
  @ApiUserId('550e8400-e29b-41d4-a716-446655440000')
  @ApiAnswer(
    200,
    Type.Object({ kind: Type.Enum(['event', 'dead_letter', 'conflict']) }, { additionalProperties: true }),
    {
      mediaType: NDJSON,
      description: 'An object per line.',
    },
  )
  @ApiProblems(400, 401, 403, 503)
  async export(
    @Param('user_id') userId: string,
    @Req() { method }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Readable> {
    void reply.type(NDJSON).header('cache-control', 'no-store');
    // Fastify would read the whole stream, only to throw it away.
    if (method === 'HEAD') return Readable.from([]);
    const pages = await this.queries.execute(new ExportPersonQuery(checkedUserId(userId), clientGone(reply)));
    const held = this.answers.hold(HELD_BYTES, reply);
    return heldStream(pages, () => held.taken());
  }

  @Delete(':user_id')
  @ApiOperation({
    summary: 'Erase a person',
    description:
      "Of their events `user_id`, `session_id`, `page_url`, `user_agent`, `properties`, `target` and `view_id` become null, and `event_id` another one; counts stay as they are, but per page, user and session they vanish. Their dead letters are emptied (state `erased`). From the answer's `erased_at` back nothing of the person comes in again, by redelivery, replay, merge or import, in no region once they are merged; what they do later is a new person's. 202 where it takes more than five seconds: the rest goes on in the background, also over a restart, and the same request says how far it is. Doing it again erases what came since, and says in all what was erased. 503 `erasure_key_missing` or `erasure_key_changed` without the ERASURE_KEY of all regions.",
  })
  @ApiUserId('u-1')
  @ApiAnswer(200, PersonErasure, { description: 'Nothing is left.' })
  @ApiAnswer(202, PersonErasure, { description: 'It goes on.' })
  @ApiProblems(400, 401, 403, 503)
  async erase(
    @Param('user_id') userId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PersonErasure> {
    const erasure = await this.commands.execute(new ErasePersonCommand(checkedUserId(userId))).catch(withoutKey);
    const { person, state, events, dead_letters, conflicts } = erasure;
    await this.audit.note({
      actor: actorOf(callerOf(request)),
      action: 'person.erased',
      subject: person,
      details: { state, events, dead_letters, conflicts },
    });
    void reply.status(state === 'done' ? 200 : 202);
    return erasure;
  }
}

function withoutKey(error: unknown): never {
  if (error instanceof ErasureKeyUnfit) throw new Problem(503, error.problem, error.message);
  throw error;
}
