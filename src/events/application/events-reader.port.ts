import { type EventType, INTERACTIONS } from '../domain/incoming-event.js';
import type { TimeRange } from '../domain/time-range.js';
import type { EventView } from './answers/event.answer.js';

/** By (occurred_at, event_key, event_type). `desc`: newest first. */
export const EVENT_ORDERS = ['desc', 'asc'] as const;
export type EventOrder = (typeof EVENT_ORDERS)[number];

/** The place of an event in the one order of all events; newest first means descending. */
export interface EventPosition {
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  readonly eventKey: string;
  readonly eventType: EventType;
}

/** `none`: events of any type that are neither views nor scrolls. */
export const INTERACTIONS_WANTED = [...INTERACTIONS, 'none'] as const;
export type InteractionWanted = (typeof INTERACTIONS_WANTED)[number];

export interface EventFilter {
  readonly range: TimeRange;
  readonly eventType: EventType | null;
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly pageUrl: string | null;
  /** The reaction of a vote, `view` or `scroll`, the currency of a sale, or the type of a conversion. */
  readonly label: string | null;
  readonly interaction: InteractionWanted | null;
}

export interface EventSlice {
  /** Events in the order that was asked for. They belong to the caller. */
  readonly events: EventView[];
  /** The position of the last event; null when none follows. */
  readonly last: EventPosition | null;
  /** Whether it ended before its limit because another event would have been too many bytes. */
  readonly full: boolean;
}

/** Which events of a filter, in which order. */
export interface SliceRequest {
  readonly order: EventOrder;
  /** The last event that was shown: the slice begins after it. Null begins at the beginning. */
  readonly after: EventPosition | null;
  readonly limit: number;
  /** The most bytes that the events may have as JSON, about. One event that is larger comes alone. */
  readonly bytes: number;
  /** Where the newest events are expected when the range is open there, epoch milliseconds. */
  readonly newest: number;
}

export abstract class EventsReader {
  /** @param signal cancels the search. */
  abstract slice(filter: EventFilter, request: SliceRequest, signal?: AbortSignal): Promise<EventSlice>;

  /** The events of an identity: at most one of each type. */
  abstract find(eventKey: string, eventType: EventType | null): Promise<readonly EventView[]>;
}
