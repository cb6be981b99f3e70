import { decodeCursor, encodeCursor, InvalidCursor } from '../../platform/opaque-cursor.js';
import { EVENT_TYPES } from '../domain/incoming-event.js';
import { EARLIEST_MS, LATEST_MS } from '../domain/timestamps.js';
import type { EventOrder, EventPosition } from './events-reader.port.js';

/** A cursor belongs to the order of its walk: in the other one it would lead back over what was shown. */
interface Place extends EventPosition {
  readonly order: EventOrder;
}

const VERSION: Readonly<Record<EventOrder, string>> = { desc: '1', asc: '1a' };
const FORMAT = /^(1a?) (-?\d{1,15}) ([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}) ([a-z]+)$/;

/** The position of the last event shown, with the version of this form and its order in front. */
export const encodeEventCursor = (position: EventPosition, order: EventOrder): string =>
  encodeCursor({ ...position, order }, write);

/** @throws {InvalidCursor} */
export function decodeEventCursor(cursor: string, order: EventOrder): EventPosition {
  const { order: orderOfCursor, ...position } = decodeCursor(cursor, read, write);
  if (orderOfCursor === order) return position;
  throw new InvalidCursor(`belongs to a walk with order=${orderOfCursor}: ask with that order, or without the cursor`);
}

const write = ({ order, occurredAt, eventKey, eventType }: Place): string =>
  `${VERSION[order]} ${occurredAt} ${eventKey} ${eventType}`;

function read(text: string): Place | null {
  const [, version, time, eventKey, type] = FORMAT.exec(text) ?? [];
  const occurredAt = Number(time);
  const eventType = EVENT_TYPES.find((known) => known === type);
  if (eventKey === undefined || !eventType || occurredAt < EARLIEST_MS || occurredAt > LATEST_MS) return null;
  return { order: version === VERSION.asc ? 'asc' : 'desc', occurredAt, eventKey, eventType };
}
