import { randomInt } from 'node:crypto';

const [QUOTE, BACKSLASH, COMMA, COLON, LIST, OBJECT, LIST_END, OBJECT_END] = [...'"\\,:[{]}'].map((sign) =>
  sign.charCodeAt(0),
);
/** The prime of the 32-bit hash FNV-1a, of Fowler, Noll and Vo. */
const FNV_PRIME = 0x01000193;
/** So many bytes take less than a millisecond. */
const STEP_BYTES = 65_536;

export interface PartsAsked {
  /** Whether commas count, too: about as many as values that are neither lists nor objects. */
  readonly commas: boolean;
  /** The count ends above it. */
  readonly most: number;
}

/**
 * Counts the lists and objects of a JSON text, which take far longer to parse, and far more memory, than their bytes say: 8 MB of
 * `[[[…]]]` or of `[{},{},…]` hold the event loop for a second. Signs within texts are none. Of what is no JSON it counts
 * something.
 *
 * @returns how many there are, or a number above `most` as soon as there are more
 */
export function* partsIn(json: Buffer, { commas, most }: PartsAsked): Generator<void, number> {
  let count = 0;
  let inText = false;
  for (let at = 0, stepEnds = STEP_BYTES; at < json.length; at++) {
    if (at >= stepEnds) {
      yield;
      stepEnds = at + STEP_BYTES;
    }
    const byte = json[at];
    if (byte === QUOTE) inText = !inText;
    else if (inText) at += byte === BACKSLASH ? 1 : 0;
    else if ((byte === LIST || byte === OBJECT || (commas && byte === COMMA)) && ++count > most) break;
  }
  return count;
}

/** Whether there are more than `most`, found in one go: 16 MB take about 0.1 s. */
export function hasMoreParts(json: Buffer, asked: PartsAsked): boolean {
  if (json.length <= asked.most) return false;
  const counting = partsIn(json, asked);
  for (;;) {
    const step = counting.next();
    if (step.done) return step.value > asked.most;
  }
}

/** Whether lists and objects nest deeper than `most` levels. Of what is no JSON it says something. */
export function nestsDeeper(json: Buffer, most: number): boolean {
  let levels = 0;
  let inText = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) inText = !inText;
    else if (inText) at += byte === BACKSLASH ? 1 : 0;
    else if ((byte === LIST || byte === OBJECT) && ++levels > most) return true;
    else if (byte === LIST_END || byte === OBJECT_END) levels--;
  }
  return false;
}

/**
 * Whether the members of all objects have more than about `most` different names, as they are written. The parser looks at each new
 * name for far longer than at its bytes: 4 MB of names hold the event loop for a second or more, whereas those of a batch repeat
 * themselves. Names count by their hashes, of which two in some billions are alike. Of what is no JSON it says something.
 */
export function hasMoreNames(json: Buffer, most: number): boolean {
  // Nobody who sends a body knows it, and so which names are alike.
  const seed = randomInt(2 ** 32);
  const names = new Set<number>();
  let hash = seed;
  let inText = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!;
    if (byte === QUOTE) {
      if (!inText) hash = seed;
      inText = !inText;
    } else if (inText) {
      hash = Math.imul(hash ^ byte, FNV_PRIME);
      if (byte === BACKSLASH) hash = Math.imul(hash ^ json[++at]!, FNV_PRIME);
    } else if (byte === COLON && names.add(hash).size > most) return true;
  }
  return false;
}
