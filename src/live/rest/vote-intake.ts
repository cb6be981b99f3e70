import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Reaction } from '../../events/domain/event-type.js';
import { RejectedEvent } from '../../events/domain/rejection.js';
import { Problem } from '../../platform/http/problems/problem.js';
import { invalidRequest } from '../../platform/http/validation.js';
import { PublishVoteCommand, type VoteFields } from '../application/publish-vote.command.js';
import { VoteNotTaken } from '../application/votes.port.js';

const RETRY_AFTER_S = '2';

/** Makes a command of a body, for the route and for its older name. */
@Injectable()
export class VoteIntake {
  constructor(private readonly commands: CommandBus) {}

  /**
   * @param names the names of the buttons, with the reaction that each means
   * @returns the id under which the vote will be recorded
   * @throws Problem 400, or 503 `broker_unavailable`
   */
  async take(body: unknown, names: Readonly<Record<string, Reaction>>): Promise<{ eventId: string }> {
    const { type, ...fields } = fieldsOf(body);
    const reaction = typeof type === 'string' && Object.hasOwn(names, type) ? names[type] : undefined;
    if (reaction === undefined) {
      throw invalidRequest([{ field: 'type', message: `must be one of ${Object.keys(names).join(', ')}` }]);
    }
    try {
      return await this.commands.execute(new PublishVoteCommand(reaction, fields));
    } catch (error) {
      if (error instanceof RejectedEvent) {
        const { reason, detail, field } = error;
        throw new Problem(400, reason, detail, field === null ? {} : { errors: [{ field, message: detail }] });
      }
      if (!(error instanceof VoteNotTaken)) throw error;
      const detail = 'The broker did not confirm the vote: send it again with the same event_id, it counts once.';
      throw new Problem(503, 'broker_unavailable', detail, { headers: { 'retry-after': RETRY_AFTER_S } });
    }
  }
}

function fieldsOf(body: unknown): VoteFields & { type?: unknown } {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw invalidRequest([{ field: 'body', message: 'must be a JSON object' }]);
}
