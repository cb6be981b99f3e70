import { EVENT_TYPES, type EventType } from '../domain/incoming-event.js';
import { EARLIEST_MS, LATEST_MS } from '../domain/timestamps.js';
import type { EventPosition } from './events-reader.port.js';

/** Not a cursor that this service gave out. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
  readonly code = 'invalid_cursor';
  readonly errors = [{ field: 'cursor', message: 'must be the next_cursor of an earlier answer, unchanged' }];
  constructor() {
    super('cursor must be the next_cursor of an earlier answer, unchanged');
  }
}

const FORMAT = /^1 (-?\d{1,15}) ([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}) ([a-z]+)$/;

/** Opaque to clients: the position of the last event shown, with the version of this form in front. */
export function encodeCursor({ occurredAt, eventKey, eventType }: EventPosition): string {
  return Buffer.from(`1 ${occurredAt} ${eventKey} ${eventType}`).toString('base64url');
}

/** @throws {InvalidCursor} */
export function decodeCursor(cursor: string): EventPosition {
  // Node's decoder skips what is not base64url, so the text must also be the one we would have written.
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  const [, time, eventKey, type] = FORMAT.exec(text) ?? [];
  const occurredAt = Number(time);
  const eventType = EVENT_TYPES.find((known) => known === type);
  if (eventKey === undefined || !eventType || occurredAt < EARLIEST_MS || occurredAt > LATEST_MS)
    throw new InvalidCursor();
  const position: { occurredAt: number; eventKey: string; eventType: EventType } = { occurredAt, eventKey, eventType };
  if (encodeCursor(position) !== cursor) throw new InvalidCursor();
  return position;
}
