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

/** An event as it lies in the table, beside what tells its session. */
export interface JourneyMoment {
  /** Epoch milliseconds. */
  readonly occurredAt: number;
  readonly sessionId: string | null;
  readonly event: JourneyEvent;
}

/** Which events an answer is made of. */
export interface Kept {
  /** The window, above the retention floor. It differs from what was asked only if `exact` is false. */
  readonly range: TimeRange;
  readonly exact: boolean;
}

/** How much an answer may hold. */
export interface Room {
  /** Events. */
  readonly limit: number;
  /** About so many bytes of JSON. */
  readonly bytes: number;
}

export interface WholeJourney extends Kept {
  /** In the order of time, then id, then type; null: there are more than there is room for. */
  readonly moments: readonly JourneyMoment[] | null;
}

export interface JourneyPage extends Kept {
  readonly summary: JourneySummary;
  /** Together they hold as many events as there is room for, and one at least. */
  readonly sessions: readonly JourneySession[];
  /** The last event, if more follow; null: it is the last of all. */
  readonly last: JourneyPlace | null;
}

export abstract class JourneyReader {
  /**
   * Reads all events of a person, if they are few. It takes as long as it reads events, whether there are more or not.
   *
   * @param range open sides are infinite
   */
  abstract whole(userId: string, range: TimeRange, room: Room, signal?: AbortSignal): Promise<WholeJourney>;

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
    room: Room,
    signal?: AbortSignal,
  ): Promise<JourneyPage>;
}
