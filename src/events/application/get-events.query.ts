import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Clock } from '../../platform/clock/clock.js';
import type { EventPage } from './answers/event.answer.js';
import { decodeEventCursor, encodeEventCursor } from './event-cursor.js';
import { type EventOrder, EventsReader } from './events-reader.port.js';
import { type EventsWanted, filterOf } from './events-wanted.js';

/** A page ends early at about so many bytes of JSON: 1,000 events of 4 kB, or 60 of the largest. */
const PAGE_BYTES = 4_000_000;

/** One page of events. A walk along the cursors shows every event that was committed before its first page exactly once. */
export class GetEventsQuery extends Query<EventPage> {
  constructor(
    readonly wanted: EventsWanted,
    readonly page: { readonly order: EventOrder; readonly limit: number; readonly cursor: string | null },
    readonly signal?: AbortSignal,
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
  async execute({ wanted, page: { order, limit, cursor }, signal }: GetEventsQuery): Promise<EventPage> {
    const filter = filterOf(wanted);
    const after = cursor === null ? null : decodeEventCursor(cursor, order);
    const request = { order, after, limit, bytes: PAGE_BYTES, newest: this.clock.now() };
    const { events, last, full } = await this.reader.slice(filter, request, signal);
    return { events, next_cursor: last && encodeEventCursor(last, order), truncated_by: full ? 'bytes' : null };
  }
}
