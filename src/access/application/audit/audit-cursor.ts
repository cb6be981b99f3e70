import { decodeCursor, encodeCursor } from '../../../platform/opaque-cursor.js';
import type { AuditPosition } from './audit-reader.port.js';

const FORMAT = /^1 (\d{1,15}) ([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** The position of the last entry shown, with the version of this form in front. */
export const encodeAuditCursor = (position: AuditPosition): string => encodeCursor(position, write);

/** @throws {InvalidCursor} */
export const decodeAuditCursor = (cursor: string): AuditPosition => decodeCursor(cursor, read, write);

const write = ({ at, id }: AuditPosition): string => `1 ${at} ${id}`;

function read(text: string): AuditPosition | null {
  const [, time, id] = FORMAT.exec(text) ?? [];
  return id === undefined || Number(time) > LATEST_MS ? null : { at: Number(time), id };
}
