import { InvalidCursor } from '../../events/application/event-cursor.js';
import type { DeadLetterPosition } from './dead-letters-reader.port.js';

const FORMAT = /^1 (\d{1,15}) ([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Opaque to clients: the position of the last letter shown, with the version of this form in front. */
export const encodeCursor = ({ firstSeen, id }: DeadLetterPosition): string =>
  Buffer.from(`1 ${firstSeen} ${id}`).toString('base64url');

/** @throws {InvalidCursor} */
export function decodeCursor(cursor: string): DeadLetterPosition {
  const [, time, id] = FORMAT.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  const position = id === undefined ? null : { firstSeen: Number(time), id };
  // Node's decoder skips what is not base64url, so the text must also be the one we would have written.
  if (position === null || position.firstSeen > LATEST_MS || encodeCursor(position) !== cursor)
    throw new InvalidCursor();
  return position;
}
