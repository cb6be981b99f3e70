import { BrokenRule } from './broken-rule.js';

/** The text is no cursor that this service gave out. */
export class InvalidCursor extends BrokenRule {
  override readonly name = 'InvalidCursor';
  constructor(message = 'must be the next_cursor of an earlier answer, unchanged') {
    super(400, 'invalid_cursor', `cursor ${message}`, [{ field: 'cursor', message }]);
  }
}

/** A position as a text that clients send back and need not understand. @param write in ASCII, one way for each position */
export const encodeCursor = <Position>(position: Position, write: (position: Position) => string): string =>
  Buffer.from(write(position)).toString('base64url');

/**
 * @param read the position that a text names; null when it names none
 * @param write as for `encodeCursor`
 * @throws {InvalidCursor}
 */
export function decodeCursor<Position>(
  cursor: string,
  read: (text: string) => Position | null,
  write: (position: Position) => string,
): Position {
  const position = read(Buffer.from(cursor, 'base64url').toString('latin1'));
  // Node's decoder skips what is not base64url, so the text must also be the one we would have written.
  if (position === null || encodeCursor(position, write) !== cursor) throw new InvalidCursor();
  return position;
}
