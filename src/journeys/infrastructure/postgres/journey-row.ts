import type { EventType } from '../../../events/domain/incoming-event.js';
import { formatInstant } from '../../../events/domain/timestamps.js';
import type { JourneyEvent, JourneySession } from '../../application/answers/journey.answer.js';
import type { JourneyMoment, JourneyPlace, Position } from '../../application/journey-reader.port.js';

/** Every row holds this, the one without an event included. */
export interface BoundsRow {
  /** Null in all rows but the first, and so is the next. */
  readonly retention_floor: number | null;
  readonly fine_horizon: number | null;
  /** Null: the row holds no event. */
  readonly event_type: EventType | null;
}

export interface SummaryRow extends BoundsRow {
  /** JSON. It is null in all rows but the first. */
  readonly summary: string | null;
}

/** An event. Times are epoch milliseconds. */
export interface MomentRow extends BoundsRow, Omit<JourneyEvent, 'event_type' | 'occurred_at'> {
  readonly event_type: EventType;
  readonly occurred_at: number;
  readonly session_id: string | null;
}

/** An event beside its session. */
export interface PlacedRow extends MomentRow, Pick<JourneySession, 'total_events' | 'entry_page' | 'exit_page'> {
  /** JSON. It is null in all rows but the first. */
  readonly summary: string | null;
  /** The events from the first of the page on, one more than may stand on it at most. */
  readonly found: number;
  readonly event_key: string;
  readonly started_at: number;
  readonly first_key: string;
  readonly first_type: EventType;
  readonly ended_at: number;
}

/** A person without events, or a page after the last event, leaves one row that holds none. */
export const holdsEvent = <Row extends BoundsRow>(row: BoundsRow): row is Row => row.event_type !== null;

/** Names, times and numbers of an event, and of a session that holds nothing else. */
export const REST_BYTES = 700;

/** About how many bytes the events take as JSON, a session each. */
export const bytesOf = (rows: readonly MomentRow[]): number =>
  rows.reduce((sum, { page_url }) => sum + REST_BYTES + 3 * Buffer.byteLength(page_url ?? ''), 0);

export const momentOf = (row: MomentRow): JourneyMoment => ({
  occurredAt: row.occurred_at,
  sessionId: row.session_id,
  event: eventOf(row),
});

const eventOf = (row: MomentRow): JourneyEvent => ({
  event_id: row.event_id,
  event_type: row.event_type,
  occurred_at: formatInstant(row.occurred_at),
  page_url: row.page_url,
  interaction: row.interaction,
  reaction: row.reaction,
  conversion_type: row.conversion_type,
  amount: row.amount,
  currency: row.currency,
});

export const placeOf = (row: PlacedRow): JourneyPlace => ({
  session: beginOf(row),
  event: { occurredAt: row.occurred_at, eventKey: row.event_key, eventType: row.event_type },
});

const beginOf = (row: PlacedRow): Position => ({
  occurredAt: row.started_at,
  eventKey: row.first_key,
  eventType: row.first_type,
});

/**
 * @param rows sorted so that those of a session stand together
 * @param after where the page before ended: its session may go on here
 */
export function sessionsOf(rows: readonly PlacedRow[], after: JourneyPlace | null): JourneySession[] {
  const sessions: JourneySession[] = [];
  let events: JourneyEvent[] = [];
  let begin: Position | null = null;
  for (const row of rows) {
    if (!begin || !begins(row, begin)) {
      begin = beginOf(row);
      events = [];
      sessions.push(sessionOf(row, after !== null && begins(row, after.session), events));
    }
    events.push(eventOf(row));
  }
  return sessions;
}

/** Whether its session begins there. */
const begins = (row: PlacedRow, { occurredAt, eventKey, eventType }: Position): boolean =>
  row.started_at === occurredAt && row.first_key === eventKey && row.first_type === eventType;

const sessionOf = (row: PlacedRow, continued: boolean, events: JourneyEvent[]): JourneySession => ({
  session_id: row.session_id,
  started_at: formatInstant(row.started_at),
  ended_at: formatInstant(row.ended_at),
  duration_ms: row.ended_at - row.started_at,
  total_events: row.total_events,
  entry_page: row.entry_page,
  exit_page: row.exit_page,
  continued,
  events,
});
