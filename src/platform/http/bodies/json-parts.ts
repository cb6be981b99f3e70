const [QUOTE, BACKSLASH, COMMA, LIST, OBJECT, LIST_END, OBJECT_END] = [...'"\\,[{]}'].map((sign) => sign.charCodeAt(0));
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
