import type { EventType } from '../domain/incoming-event.js';
import type { TimeRange } from '../domain/time-range.js';

/** An event as the API shows it; null where it has none. */
export interface EventView {
  readonly event_id: string;
  readonly event_type: EventType;
  readonly user_id: string | null;
  readonly session_id: string | null;
  /** The same value as `page_url`. */
  readonly url: string | null;
  readonly page_url: string | null;
  /** RFC 3339, UTC, milliseconds. */
  readonly occurred_at: string;
  readonly received_at: string;
  readonly x: number | null;
  readonly y: number | null;
  readonly viewport_width: number | null;
  readonly viewport_height: number | null;
  readonly scroll_y: number | null;
  readonly user_agent: string | null;
  readonly reaction: string | null;
  readonly conversion_type: string | null;
  /** Decimal with two to four decimals. */
  readonly amount: string | null;
  readonly currency: string | null;
  /** Free fields; `{}` when there are none. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The place of an event in the one order of all events; newest first means descending. */
export interface EventPosition {
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  readonly eventKey: string;
  readonly eventType: EventType;
}

export interface EventFilter {
  readonly range: TimeRange;
  readonly eventType: EventType | null;
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly pageUrl: string | null;
}

export interface EventSlice {
  /** Newest first. */
  readonly events: readonly EventView[];
  /** Of the last event; null when no older one follows. */
  readonly last: EventPosition | null;
}

export abstract class EventsReader {
  /** @param newest where time begins to be searched when neither the range nor `before` says so, epoch milliseconds. */
  abstract slice(filter: EventFilter, before: EventPosition | null, limit: number, newest: number): Promise<EventSlice>;

  /** The events of an identity: at most one of each type. */
  abstract find(eventKey: string, eventType: EventType | null): Promise<readonly EventView[]>;
}
