import { EVENT_TYPES, type EventType } from '../domain/incoming-event.js';
import { EARLIEST_MS, LATEST_MS } from '../domain/timestamps.js';
import type { EventOrder, EventPosition } from './events-reader.port.js';

/** Not a cursor that this service gave out. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
  readonly code = 'invalid_cursor';
  readonly errors: readonly { field: string; message: string }[];
  constructor(message = 'must be the next_cursor of an earlier answer, unchanged') {
    super(`cursor ${message}`);
    this.errors = [{ field: 'cursor', message }];
  }
}

/** A cursor belongs to the order of its walk: in the other one it would lead back over what was shown. */
const VERSION: Readonly<Record<EventOrder, string>> = { desc: '1', asc: '1a' };
const FORMAT = /^(1a?) (-?\d{1,15}) ([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}) ([a-z]+)$/;

/** Opaque to clients: the position of the last event shown, with the version of this form and its order in front. */
export function encodeCursor({ occurredAt, eventKey, eventType }: EventPosition, order: EventOrder): string {
  return Buffer.from(`${VERSION[order]} ${occurredAt} ${eventKey} ${eventType}`).toString('base64url');
}

/** @throws {InvalidCursor} */
export function decodeCursor(cursor: string, order: EventOrder): EventPosition {
  // Node's decoder skips what is not base64url, so the text must also be the one we would have written.
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  const [, version, time, eventKey, type] = FORMAT.exec(text) ?? [];
  const occurredAt = Number(time);
  const eventType = EVENT_TYPES.find((known) => known === type);
  if (eventKey === undefined || !eventType || occurredAt < EARLIEST_MS || occurredAt > LATEST_MS)
    throw new InvalidCursor();
  const position: { occurredAt: number; eventKey: string; eventType: EventType } = { occurredAt, eventKey, eventType };
  const orderOfCursor = version === VERSION.asc ? 'asc' : 'desc';
  if (encodeCursor(position, orderOfCursor) !== cursor) throw new InvalidCursor();
  if (orderOfCursor !== order)
    throw new InvalidCursor(
      `belongs to a walk with order=${orderOfCursor}: ask with that order, or without the cursor`,
    );
  return position;
}
