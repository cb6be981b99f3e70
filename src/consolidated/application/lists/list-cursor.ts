import { decodeCursor, encodeCursor } from '../../../platform/opaque-cursor.js';

/** The number of items of each list that were shown before, with the version of this form in front. */
export const encodeListCursor = (shown: number): string => encodeCursor(shown, write);

/** @throws {InvalidCursor} */
export const decodeListCursor = (cursor: string): number => decodeCursor(cursor, read, write);

const write = (shown: number): string => `1 ${shown}`;

function read(text: string): number | null {
  const [, shown] = /^1 (\d{1,15})$/.exec(text) ?? [];
  return shown === undefined ? null : Number(shown);
}
