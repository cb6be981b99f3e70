import { decodeCursor, encodeCursor } from '../../platform/opaque-cursor.js';
import type { AlertPosition } from './alerts-reader.port.js';

const FORMAT = /^1 (\d{1,15}) ([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** The position of the last alert shown, with the version of this form in front. */
export const encodeAlertCursor = (position: AlertPosition): string => encodeCursor(position, write);

/** @throws {InvalidCursor} */
export const decodeAlertCursor = (cursor: string): AlertPosition => decodeCursor(cursor, read, write);

const write = ({ startedAt, id }: AlertPosition): string => `1 ${startedAt} ${id}`;

function read(text: string): AlertPosition | null {
  const [, time, id] = FORMAT.exec(text) ?? [];
  return id === undefined || Number(time) > LATEST_MS ? null : { startedAt: Number(time), id };
}
