/**
 * Sizes in V8 without pointer compression: the header of an object and of an array with its elements, a slot, and a number
 * that is no small integer.
 */
const OBJECT = 24;
const ARRAY = 32;
const SLOT = 8;
const NUMBER = 16;
const TEXT = 16;
/** Quotes, colon and comma in JSON. */
const PUNCTUATION = 4;
/** Digits of a double in its shortest form, on average. */
const DIGITS = 8;

/**
 * Estimates how many bytes an answer holds while it is kept: the object itself, and the text that is written once from it
 * for all who ask. A value that stands in it twice counts twice. The estimate is within a factor of two of what the heap
 * says (test/metrics/answer-bytes).
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

/** All objects of one shape share their names, so names count in the text only. */
function objectBytes(value: object): number {
  let bytes = OBJECT;
  for (const [name, member] of Object.entries(value)) bytes += SLOT + name.length + PUNCTUATION + answerBytes(member);
  return bytes;
}
