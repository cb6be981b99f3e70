const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LIST = 0x5b;
const OBJECT = 0x7b;
/** So many bytes take less than a millisecond. */
const STEP_BYTES = 65_536;

/**
 * Counts the objects and lists of a JSON text, which take far longer to parse than their bytes say: 8 MB of `[[[…]]]` or of
 * `[{},{},…]` hold the event loop for a second. Of what is no JSON it counts something.
 *
 * @returns how many there are, or a number above `most` as soon as there are more
 */
export function* containersIn(bytes: Buffer, most: number): Generator<void, number> {
  let count = 0;
  for (let at = 0, stepEnds = STEP_BYTES; at < bytes.length; at += 1) {
    if (at >= stepEnds) {
      yield;
      stepEnds = at + STEP_BYTES;
    }
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfText(bytes, at);
    else if ((byte === LIST || byte === OBJECT) && (count += 1) > most) break;
  }
  return count;
}

/** The place of the quote that ends a text. */
function endOfText(bytes: Buffer, begin: number): number {
  for (let end = begin; ;) {
    end = bytes.indexOf(QUOTE, end + 1);
    if (end === -1) return bytes.length;
    let escapes = 0;
    while (bytes[end - 1 - escapes] === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return end;
  }
}
