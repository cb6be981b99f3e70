import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { BrokenRule } from '../../platform/broken-rule.js';
import { eventKeyOf } from '../domain/event-identity.js';
import type { EventType } from '../domain/incoming-event.js';
import type { EventView } from './answers/event.answer.js';
import { EventsReader } from './events-reader.port.js';

/** No event has this id (and type), or it is older than what is kept. */
export class EventNotFound extends BrokenRule {
  override readonly name = 'EventNotFound';
  constructor(eventType: EventType | null) {
    super(
      404,
      'event_not_found',
      `There is no ${eventType ?? 'event'} with this event_id, or it is older than what is kept.`,
    );
  }
}

/** The events with this id: an id is unique per event type, so there are at most three. */
export class GetEventQuery extends Query<readonly EventView[]> {
  constructor(
    readonly eventId: string,
    readonly eventType: EventType | null,
  ) {
    super();
  }
}

@QueryHandler(GetEventQuery)
export class GetEventHandler implements IQueryHandler<GetEventQuery> {
  constructor(private readonly reader: EventsReader) {}

  /** @throws {EventNotFound} */
  async execute({ eventId, eventType }: GetEventQuery): Promise<readonly EventView[]> {
    const found = await this.reader.find(eventKeyOf(eventId), eventType);
    if (found.length === 0) throw new EventNotFound(eventType);
    return found;
  }
}
