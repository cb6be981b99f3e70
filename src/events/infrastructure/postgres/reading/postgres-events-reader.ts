import { Injectable } from '@nestjs/common';
import { Database } from '../../../../platform/postgres/database.js';
import { tookTooLong } from '../../../../platform/postgres/sql-state.js';
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

/** A page of the default length, and more. */
const MOST_ROWS_OF_FAST = 128;
const FEWER_ROWS = 16;
/** One to show, and one to know that it follows. */
const FEWEST_ROWS = 2;

@Injectable()
export class PostgresEventsReader extends EventsReader {
  constructor(private readonly database: Database) {
    super();
  }

  async slice(filter: EventFilter, request: SliceRequest, signal?: AbortSignal): Promise<EventSlice> {
    const { limit, newest, order } = request;
    const shown: PageRow[] = [];
    let [bytes, follows, full] = [request.bytes, false, false];
    for (const span of searchSpans(remaining(filter.range, request), order, newest)) {
      const wanted = { ...request, limit: limit + 1 - shown.length, bytes };
      for (const row of await this.rows(filter, span, wanted, shown.length, signal)) {
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

  /**
   * By an index a page takes too long only where its rows take long to write as text: events of older versions with numbers such as
   * 1e308 by the thousand, each of 309 digits. Then it ends early, after ever fewer rows.
   */
  private async rows(
    filter: EventFilter,
    span: TimeRange,
    request: SliceRequest,
    shown: number,
    signal?: AbortSignal,
  ): Promise<PageRow[]> {
    const pace = !hasIndex(filter) ? 'slow' : request.limit > MOST_ROWS_OF_FAST ? 'many' : 'fast';
    for (let { limit } = request; ; limit = Math.max(FEWEST_ROWS, Math.ceil(limit / FEWER_ROWS))) {
      try {
        const page = eventsPage(filter, span, { ...request, limit }, shown);
        const rows = await this.database.read<PageRow>(page, signal, pace);
        const last = rows.at(-1);
        if (limit === request.limit || rows.length < limit || !last) return rows;
        return [...rows.slice(0, -1), { ...last, beyond: true }];
      } catch (error) {
        if (pace === 'slow' || limit <= FEWEST_ROWS || !tookTooLong(error)) throw error;
      }
    }
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

/** The part of the range that lies at `after` or beyond. */
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
