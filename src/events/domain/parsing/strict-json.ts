import { ALWAYS_EXACT_DIGITS, holdsExactly } from './exact-number.js';
import { excerpt } from './excerpt.js';
import { RejectedEvent } from '../rejection.js';
import { rejectUnstorableTexts } from './storable-text.js';

/** Bytes of UTF-8 an event may have, a byte order mark included. */
export const MAX_EVENT_BYTES = 262_144;
/** Levels of arrays and objects, the payload itself counted as the first. */
export const MAX_DEPTH = 32;
/** One UTF-16 code unit is at most this many bytes of UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

const QUOTE = 0x22;
const MINUS = 0x2d;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const BACKSLASH = 0x5c;

/**
 * Reads one JSON object so that nothing in it is changed on the way: what `JSON.parse` or PostgreSQL would silently alter is refused.
 * The checks run in a fixed order, so that one input always gets one reason: size, UTF-8, numbers, JSON, depth, keys, U+0000, lone surrogates.
 * Numbers come before JSON: text that is not JSON at all but holds a bad number outside of quotes is `number_range`.
 * A byte order mark is dropped. If a key stands twice, its last value counts, as in `JSON.parse`.
 * Cost beyond `JSON.parse`: 0.5 µs for 300 bytes.
 *
 * @throws {RejectedEvent} too_large, not_utf8, number_range, not_json, too_deep, forbidden_key, nul_char, lone_surrogate
 */
export function parseStrictJson(body: Buffer | string): Record<string, unknown> {
  const text = typeof body === 'string' ? checkedText(body) : decode(body);
  const depth = scanNumbersAndDepth(text);
  const value = parseObject(text);
  if (depth > MAX_DEPTH) {
    throw new RejectedEvent('too_deep', `the payload nests ${depth} levels deep; at most ${MAX_DEPTH} are accepted`);
  }
  // Without an escape or one of these words in the text, none of the three can be in the value.
  // A text may also come as a string, where a lone surrogate needs no escape.
  if (
    text.includes('\\u') ||
    text.includes('proto') ||
    text.includes('constructor') ||
    (typeof body === 'string' && !isAscii(body))
  ) {
    rejectUnstorableTexts(value);
  }
  return value;
}

function decode(bytes: Buffer): string {
  if (bytes.length > MAX_EVENT_BYTES) throw tooLarge(bytes.length);
  try {
    return strictUtf8.decode(bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    throw new RejectedEvent('not_utf8', 'the payload is not valid UTF-8: send JSON encoded as UTF-8');
  }
}

function checkedText(text: string): string {
  if (text.length * MAX_BYTES_PER_UNIT > MAX_EVENT_BYTES) {
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_EVENT_BYTES) throw tooLarge(bytes);
  }
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** The refusal of an event of so many bytes. */
export function tooLarge(bytes: number): RejectedEvent {
  return new RejectedEvent('too_large', `the event has ${bytes} bytes; at most ${MAX_EVENT_BYTES} are accepted`);
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new RejectedEvent('not_json', text.trim() === '' ? 'the payload is empty' : 'the payload is not valid JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RejectedEvent('not_json', `the payload must be one JSON object; got ${excerpt(value)}`);
  }
  return value as Record<string, unknown>;
}

/**
 * One pass over the text: refuses numbers that a double cannot hold and returns how deep brackets nest, whatever the depth.
 * Jumping from quote to quote with `indexOf` costs 0.26 µs for 340 bytes, looking at every character 0.59 µs.
 */
function scanNumbersAndDepth(text: string): number {
  const end = text.length;
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      at = closingQuote(text, at);
      if (at < 0) return deepest; // an open text: JSON.parse refuses it
    } else if ((unit >= DIGIT_0 && unit <= DIGIT_9) || unit === MINUS) {
      at = numberEnd(text, at) - 1;
    } else if ((unit | 0x20) === 0x7b) {
      if (++depth > deepest) deepest = depth; // { or [
    } else if ((unit | 0x20) === 0x7d) {
      depth--; // } or ]
    }
  }
  return deepest;
}

/** Where the string that opens at `open` ends; −1: nowhere. */
export function closingQuote(text: string, open: number): number {
  let at = text.indexOf('"', open + 1);
  while (at > 0 && text.charCodeAt(at - 1) === BACKSLASH) {
    let first = at - 1;
    while (text.charCodeAt(first - 1) === BACKSLASH) first--;
    if ((at - first) % 2 === 0) return at;
    at = text.indexOf('"', at + 1);
  }
  return at;
}

/** Position after the number that starts at `start`. Up to 15 digits without an exponent need no closer look. */
function numberEnd(text: string, start: number): number {
  let at = start;
  let digits = 0;
  let exponent = false;
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= DIGIT_0 && unit <= DIGIT_9) digits++;
    else if (unit === 0x65 || unit === 0x45) exponent = true;
    else if (unit !== 0x2e && unit !== MINUS && unit !== 0x2b) break;
  }
  if (digits > ALWAYS_EXACT_DIGITS || exponent) {
    const token = text.slice(start, at);
    if (!holdsExactly(token)) {
      throw new RejectedEvent(
        'number_range',
        `a double cannot hold the number ${excerpt(token)} exactly: ${instead(text, start, token)}`,
      );
    }
  }
  return at;
}

/** Between 2001 and 2286, as `time.time_ns()` of Python gives it. */
const NANOSECONDS = /^[1-9][0-9]{18}$/;
const TIMESTAMP_BEFORE = /"timestamp"\s*:\s*$/;
const KEY_CHARACTERS = 40;

/** Says what to send instead. A time as a string is refused, too. */
function instead(text: string, start: number, token: string): string {
  if (TIMESTAMP_BEFORE.test(text.slice(Math.max(0, start - KEY_CHARACTERS), start))) {
    return 'send timestamp as epoch milliseconds, such as 1772359100123';
  }
  const time = NANOSECONDS.test(token) ? ', or, if it is a time in nanoseconds, as epoch milliseconds' : '';
  return `send it as a string${time}`;
}
