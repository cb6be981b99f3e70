import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Clock } from '../../platform/clock/clock.js';
import { TimeRange } from '../domain/time-range.js';
import type { EventType } from '../domain/incoming-event.js';
import { decodeCursor, encodeCursor } from './event-cursor.js';
import { EventsReader, type EventView } from './events-reader.port.js';

export interface EventPage {
  /** Newest first. */
  readonly events: readonly EventView[];
  /** Asks for the next older page; null at the end. */
  readonly next_cursor: string | null;
}

/** One page of events. A walk along the cursors shows every event that was committed before its first page exactly once. */
export class GetEventsQuery extends Query<EventPage> {
  constructor(
    readonly filter: {
      readonly from: string | null;
      readonly to: string | null;
      readonly eventType: EventType | null;
      readonly userId: string | null;
      readonly sessionId: string | null;
      readonly pageUrl: string | null;
    },
    readonly limit: number,
    readonly cursor: string | null,
  ) {
    super();
  }
}

@QueryHandler(GetEventsQuery)
export class GetEventsHandler implements IQueryHandler<GetEventsQuery> {
  constructor(
    private readonly reader: EventsReader,
    private readonly clock: Clock,
  ) {}

  /** @throws {InvalidTimeRange} @throws {InvalidCursor} */
  async execute({ filter: { from, to, ...filter }, limit, cursor }: GetEventsQuery): Promise<EventPage> {
    const range = TimeRange.parse(from, to);
    const before = cursor === null ? null : decodeCursor(cursor);
    // A page alone means its clicks: that is what the heat map asks for, and what an index answers (CONTRACT §2).
    const clicksOfPage = filter.pageUrl !== null && filter.eventType === null && filter.userId === null;
    const eventType = clicksOfPage ? 'click' : filter.eventType;
    const { events, last } = await this.reader.slice({ ...filter, range, eventType }, before, limit, this.clock.now());
    return { events, next_cursor: last && encodeCursor(last) };
  }
}
