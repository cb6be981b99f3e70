import { decodeCursor, encodeCursor } from '../../platform/opaque-cursor.js';
import type { DeadLetterPosition } from './dead-letters-reader.port.js';

const FORMAT = /^1 (\d{1,15}) ([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** The position of the last letter shown, with the version of this form in front. */
export const encodeLetterCursor = (position: DeadLetterPosition): string => encodeCursor(position, write);

/** @throws {InvalidCursor} */
export const decodeLetterCursor = (cursor: string): DeadLetterPosition => decodeCursor(cursor, read, write);

const write = ({ firstSeen, id }: DeadLetterPosition): string => `1 ${firstSeen} ${id}`;

function read(text: string): DeadLetterPosition | null {
  const [, time, id] = FORMAT.exec(text) ?? [];
  return id === undefined || Number(time) > LATEST_MS ? null : { firstSeen: Number(time), id };
}
