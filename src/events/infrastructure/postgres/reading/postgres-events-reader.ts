import { Injectable } from '@nestjs/common';
import { Database } from '../../../../platform/postgres/database.js';
import type { EventView } from '../../../application/answers/event.answer.js';
import {
  type EventFilter,
  type EventPosition,
  EventsReader,
  type EventSlice,
  type SliceRequest,
} from '../../../application/events-reader.port.js';
import type { EventType } from '../../../domain/incoming-event.js';
import { TimeRange } from '../../../domain/time-range.js';
import { EVENT_TIMES, eventsPage, EVENTS_OF_KEY, hasIndex } from './events-page.sql.js';
import { searchSpans } from './search-spans.js';

interface EventRow extends EventView {
  readonly event_key: string;
}

interface PageRow extends EventRow {
  /** As JSON, about. */
  readonly bytes: number;
  /** Another row than the first that would be too many bytes: it is there, and not shown. */
  readonly beyond: boolean;
}

@Injectable()
export class PostgresEventsReader extends EventsReader {
  constructor(private readonly database: Database) {
    super();
  }

  async slice(filter: EventFilter, request: SliceRequest, signal?: AbortSignal): Promise<EventSlice> {
    const { order, after, limit, newest } = request;
    const pace = hasIndex(filter) ? 'fast' : 'slow';
    const shown: PageRow[] = [];
    let [bytes, follows, full] = [request.bytes, false, false];
    for (const span of searchSpans(remaining(filter.range, request), order, newest)) {
      const page = eventsPage(filter, span, { order, after, limit: limit + 1 - shown.length, bytes }, shown.length);
      for (const row of await this.database.read<PageRow>(page, signal, pace)) {
        full ||= row.beyond;
        follows = full || shown.length === limit;
        if (follows) break;
        shown.push(row);
        bytes -= row.bytes;
      }
      if (follows) break;
    }
    const last = follows ? shown.at(-1) : undefined;
    return { events: shown.map(viewOf), last: last ? positionOf(last) : null, full };
  }

  async find(eventKey: string, eventType: EventType | null): Promise<readonly EventView[]> {
    const known = await this.database.read<{ event_type: EventType; occurred_at: string }>({
      name: 'event-times',
      text: EVENT_TIMES,
      values: [eventKey, eventType],
    });
    if (known.length === 0) return [];
    const times = known.map((row) => row.occurred_at);
    const types = known.map((row) => row.event_type);
    const rows = await this.database.read<EventRow>({ text: EVENTS_OF_KEY, values: [eventKey, times, types] });
    return rows.map(viewOf);
  }
}

/** What of the range lies at `after` or beyond. */
function remaining(range: TimeRange, { after, order }: SliceRequest): TimeRange {
  if (after === null) return range;
  return order === 'desc'
    ? TimeRange.halfOpen(range.start, Math.min(range.end, after.occurredAt + 1))
    : TimeRange.halfOpen(Math.max(range.start, after.occurredAt), range.end);
}

/** Members that are null were stored once; absent is all that null ever means (canonical-json.ts). */
function viewOf({ event_key: _, bytes: _bytes, beyond: _beyond, ...view }: EventRow & Partial<PageRow>): EventView {
  dropNulls(view.properties);
  return view;
}

function dropNulls(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) return value.forEach(dropNulls);
  const object = value as Record<string, unknown>;
  for (const key in object) {
    if (object[key] === null) delete object[key];
    else dropNulls(object[key]);
  }
}

const positionOf = (row: EventRow): EventPosition => ({
  occurredAt: Date.parse(row.occurred_at),
  eventKey: row.event_key,
  eventType: row.event_type,
});
