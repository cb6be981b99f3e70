import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Clock } from '../../platform/clock/clock.js';
import { TimeRange } from '../domain/time-range.js';
import type { EventView } from './answers/event.answer.js';
import { decodeEventCursor } from './event-cursor.js';
import { type EventFilter, type EventOrder, type EventPosition, EventsReader } from './events-reader.port.js';
import { type EventsWanted, filterOf } from './events-wanted.js';

/** The most that an export reads at once; usual events are about 250 kB. */
const EVENTS_AT_ONCE = 500;
export const EXPORT_PAGE_BYTES = 1_000_000;

/**
 * All events that match, page after page. Each page is read when the one before was taken, and belongs to the taker, who may
 * empty it.
 */
export type EventPages = AsyncIterable<EventView[]>;

/**
 * Exports a walk in one go. It holds no transaction open, however long the client takes. It shows every event that was
 * committed before it began exactly once. Oldest first, it ends at the newest event that there was when it began.
 */
export class ExportEventsQuery extends Query<EventPages> {
  constructor(
    readonly wanted: EventsWanted,
    /** `limit`: events in all; null is no limit. */
    readonly page: { readonly order: EventOrder; readonly limit: number | null; readonly cursor: string | null },
    readonly signal?: AbortSignal,
  ) {
    super();
  }
}

@QueryHandler(ExportEventsQuery)
export class ExportEventsHandler implements IQueryHandler<ExportEventsQuery> {
  constructor(
    private readonly reader: EventsReader,
    private readonly clock: Clock,
  ) {}

  /** @throws {InvalidTimeRange} @throws {InvalidCursor} */
  async execute({ wanted, page: { order, limit, cursor }, signal }: ExportEventsQuery): Promise<EventPages> {
    const asked = filterOf(wanted);
    const after = cursor === null ? null : decodeEventCursor(cursor, order);
    const filter = order === 'asc' ? await this.upToNewest(asked, signal) : asked;
    return this.pages(filter, order, after, limit ?? Infinity, signal);
  }

  private async *pages(
    filter: EventFilter,
    order: EventOrder,
    first: EventPosition | null,
    most: number,
    signal?: AbortSignal,
  ): AsyncGenerator<EventView[]> {
    for (let after = first, left = most; left > 0;) {
      const limit = Math.min(left, EVENTS_AT_ONCE);
      const { events, last } = await this.reader.slice(
        filter,
        { order, after, limit, bytes: EXPORT_PAGE_BYTES, newest: this.clock.now() },
        signal,
      );
      left -= events.length;
      if (events.length > 0) yield events;
      if (last === null) return;
      after = last;
    }
  }

  /** Without this end it would follow the events that arrive, for ever if the client is slow. */
  private async upToNewest(filter: EventFilter, signal?: AbortSignal): Promise<EventFilter> {
    const { start, end } = filter.range;
    const any = {
      range: filter.range,
      eventType: null,
      userId: null,
      sessionId: null,
      pageUrl: null,
      label: null,
      interaction: null,
    };
    const request = {
      order: 'desc',
      after: null,
      limit: 1,
      bytes: EXPORT_PAGE_BYTES,
      newest: this.clock.now(),
    } as const;
    const [newest] = (await this.reader.slice(any, request, signal)).events;
    const last = newest ? Date.parse(newest.occurred_at) + 1 : start;
    return { ...filter, range: TimeRange.halfOpen(start, Math.min(end, last)) };
  }
}
