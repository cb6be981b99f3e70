import { EVENT_TYPES } from '../../events/domain/incoming-event.js';
import { EARLIEST_MS, LATEST_MS } from '../../events/domain/timestamps.js';
import { decodeCursor, encodeCursor } from '../../platform/opaque-cursor.js';
import type { JourneyPlace, Position } from './journey-reader.port.js';

const VERSION = '1';
const POSITION = '(-?\\d{1,15}) ([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}) ([a-z]+)';
const FORMAT = new RegExp(`^${VERSION} ${POSITION} ${POSITION}$`);

/** The cursor after the last event shown. */
export const encodeJourneyCursor = (place: JourneyPlace): string => encodeCursor(place, write);

/** @throws {InvalidCursor} */
export const decodeJourneyCursor = (cursor: string): JourneyPlace => decodeCursor(cursor, read, write);

const write = ({ session, event }: JourneyPlace): string => `${VERSION} ${written(session)} ${written(event)}`;

const written = ({ occurredAt, eventKey, eventType }: Position) => `${occurredAt} ${eventKey} ${eventType}`;

function read(text: string): JourneyPlace | null {
  const parts = FORMAT.exec(text)?.slice(1);
  const session = parts && position(parts.slice(0, 3));
  const event = parts && position(parts.slice(3));
  return session && event ? { session, event } : null;
}

function position([time, eventKey, type]: readonly string[]): Position | null {
  const occurredAt = Number(time);
  const eventType = EVENT_TYPES.find((known) => known === type);
  if (eventKey === undefined || !eventType || occurredAt < EARLIEST_MS || occurredAt > LATEST_MS) return null;
  return { occurredAt, eventKey, eventType };
}
