import type { EventType } from '../../events/domain/incoming-event.js';
import type { TimeRange } from '../../events/domain/time-range.js';
import type { JourneyEvent, JourneySession, JourneySummary } from './answers/journey.answer.js';

/** The place of an event in the one order of all events. */
export interface Position {
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  readonly eventKey: string;
  readonly eventType: EventType;
}

/** The place of an event: where its session begins, and where the event itself stands. */
export interface JourneyPlace {
  readonly session: Position;
  readonly event: Position;
}

/** An event, with the figures of its session. */
export interface PlacedEvent {
  readonly place: JourneyPlace;
  readonly event: JourneyEvent;
  readonly session: Omit<JourneySession, 'continued' | 'events'>;
}

export interface JourneyPage {
  readonly summary: JourneySummary;
  /** Sorted by session and then by event, at most as many as were asked for. */
  readonly events: readonly PlacedEvent[];
  readonly follows: boolean;
  /** The window, above the retention floor. It differs from what was asked only if `exact` is false. */
  readonly range: TimeRange;
  readonly exact: boolean;
}

export abstract class JourneyReader {
  /**
   * Reads a page of the person's events. It takes as long as the person has events in the range.
   *
   * @param range open sides are infinite
   * @param after the last event that was shown; null: begin at the beginning
   * @throws {RangeTooLong} when it takes longer than a read may
   */
  abstract page(
    userId: string,
    range: TimeRange,
    after: JourneyPlace | null,
    limit: number,
    signal?: AbortSignal,
  ): Promise<JourneyPage>;
}
