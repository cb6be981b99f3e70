/** V8 without pointer compression: the header of an object and of an array with its elements, a slot, a number that is no small integer. */
const OBJECT = 24;
const ARRAY = 32;
const SLOT = 8;
const NUMBER = 16;
const TEXT = 16;
/** In JSON: quotes, colon, comma. */
const PUNCTUATION = 4;
/** Shortest-form digits of a double, on average. */
const DIGITS = 8;

/**
 * About how many bytes an answer holds for as long as it is kept: the object itself, and the text that is written once from it for
 * all who ask. A value that stands in it twice counts twice. It is within a factor of two of what the heap says (test/metrics/answer-bytes).
 */
export function answerBytes(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return TEXT + 2 * value.length + PUNCTUATION;
    case 'number':
      return Number.isInteger(value) ? DIGITS : NUMBER + DIGITS;
    case 'object':
      return value === null ? PUNCTUATION : Array.isArray(value) ? arrayBytes(value) : objectBytes(value);
    default:
      return SLOT;
  }
}

function arrayBytes(values: readonly unknown[]): number {
  let bytes = ARRAY;
  for (const value of values) bytes += SLOT + answerBytes(value);
  return bytes;
}

/** Names are shared by all objects of one shape: they count in the text only. */
function objectBytes(value: object): number {
  let bytes = OBJECT;
  for (const [name, member] of Object.entries(value)) bytes += SLOT + name.length + PUNCTUATION + answerBytes(member);
  return bytes;
}
