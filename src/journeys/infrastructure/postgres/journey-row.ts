import type { EventType } from '../../../events/domain/incoming-event.js';
import { formatInstant } from '../../../events/domain/timestamps.js';
import type { JourneyEvent } from '../../application/answers/journey.answer.js';
import type { PlacedEvent } from '../../application/journey-reader.port.js';

/** What every row holds, the one without an event included. */
export interface JourneyRow {
  readonly retention_floor: number;
  readonly fine_horizon: number;
  /** JSON. It is null in all rows but the first. */
  readonly summary: string | null;
  readonly event_key: string | null;
}

/** An event beside its session. Times are epoch milliseconds. */
interface EventRow
  extends JourneyRow, Omit<JourneyEvent, 'occurred_at'>, Pick<PlacedEvent['session'], 'session_id' | 'total_events'> {
  readonly started_at: number;
  readonly first_key: string;
  readonly first_type: EventType;
  readonly ended_at: number;
  readonly entry_page: string | null;
  readonly exit_page: string | null;
  readonly occurred_at: number;
  readonly event_key: string;
}

/** A person without events, or a page after the last event, leaves one row that holds none. */
export const holdsEvent = (row: JourneyRow): row is EventRow => row.event_key !== null;

export const placedEvent = (row: EventRow): PlacedEvent => ({
  place: {
    session: { occurredAt: row.started_at, eventKey: row.first_key, eventType: row.first_type },
    event: { occurredAt: row.occurred_at, eventKey: row.event_key, eventType: row.event_type },
  },
  session: {
    session_id: row.session_id,
    started_at: formatInstant(row.started_at),
    ended_at: formatInstant(row.ended_at),
    duration_ms: row.ended_at - row.started_at,
    total_events: row.total_events,
    entry_page: row.entry_page,
    exit_page: row.exit_page,
  },
  event: {
    event_id: row.event_id,
    event_type: row.event_type,
    occurred_at: formatInstant(row.occurred_at),
    page_url: row.page_url,
    interaction: row.interaction,
    reaction: row.reaction,
    conversion_type: row.conversion_type,
    amount: row.amount,
    currency: row.currency,
  },
});
