import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { v7 } from 'uuid';
import type { Reaction } from '../../events/domain/incoming-event.js';
import { TrackedEvent } from '../../events/domain/tracked-event.js';
import { EVENTS_VARIABLES } from '../../events/events.variables.js';
import { Clock } from '../../platform/clock/clock.js';
import { Config } from '../../platform/config/config.js';
import { Votes } from './votes.port.js';

/** A press of one of the two buttons. */
export class PublishVoteCommand extends Command<{ eventId: string }> {
  constructor(
    readonly reaction: Reaction,
    readonly fields: VoteFields,
  ) {
    super();
  }
}

/** Absent members are undefined or null. The rules are those of any event. */
export interface VoteFields {
  readonly event_id?: unknown;
  readonly user_id?: unknown;
  readonly session_id?: unknown;
  readonly page_url?: unknown;
}

/** Publishes only what will be recorded. So the voter is told what is wrong, while a dead letter would tell nobody. */
@CommandHandler(PublishVoteCommand)
export class PublishVoteHandler implements ICommandHandler<PublishVoteCommand> {
  constructor(
    private readonly votes: Votes,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** @throws {RejectedEvent} @throws {VoteNotTaken} */
  async execute({ reaction, fields }: PublishVoteCommand): Promise<{ eventId: string }> {
    const { event_id, user_id, session_id, page_url } = fields;
    const payload = Buffer.from(
      JSON.stringify({ event_id: event_id ?? v7(), reaction, user_id, session_id, page_url }),
    );
    const { eventId } = this.examined(payload);
    await this.votes.publish(payload);
    return { eventId };
  }

  private examined(body: Buffer): TrackedEvent {
    const { MAX_EVENT_AGE_DAYS: maxEventAgeDays, EVENT_SYNONYMS: synonyms } = this.config.of(EVENTS_VARIABLES);
    const now = this.clock.now();
    const incoming = {
      body,
      intake: 'pulsar',
      eventType: 'click',
      receivedAt: now,
      fallbackTime: now,
      attributes: {},
      mintKey: v7,
      messageId: null,
      userAgent: null,
    } as const;
    return TrackedEvent.record(incoming, { maxEventAgeDays, synonyms });
  }
}
