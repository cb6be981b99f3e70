import type { ServiceList } from './service-list.js';

/** The work may be interrupted before the item behind so many bytes. */
const BYTES_A_STEP = 16_384;

/** The items of a list from number to number. */
export interface Part {
  readonly list: ServiceList<unknown>;
  readonly from: number;
  readonly to: number;
}

/** Writes a text with lists in it into bytes, in steps: as texts they would take as much memory once more. */
export function* writtenBytes(pieces: readonly (string | Part)[]): Generator<void, Buffer> {
  // What is not written takes no memory: the system gives it page by page.
  const room = Buffer.allocUnsafeSlow(pieces.reduce((sum, piece) => sum + mostBytes(piece), 0));
  let [length, stepped] = [0, 0];
  const write = (text: string) => (length += room.write(text, length));
  for (const piece of pieces) {
    if (typeof piece === 'string') write(piece);
    else {
      const { list, from, to } = piece;
      for (let index = from; index < to; index += 1) {
        if (length - stepped >= BYTES_A_STEP) {
          stepped = length;
          yield;
        }
        write(index === from ? list.json(index) : `,${list.json(index)}`);
      }
    }
  }
  return room.subarray(0, length);
}

/** With a comma for each item. */
const mostBytes = (piece: string | Part): number =>
  typeof piece === 'string'
    ? Buffer.byteLength(piece)
    : piece.list.mostBytes(piece.from, piece.to) + piece.to - piece.from;
