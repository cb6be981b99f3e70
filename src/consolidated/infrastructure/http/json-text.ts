import { UpstreamFailure } from './upstream-failure.js';

const [QUOTE, BACKSLASH, COMMA, COLON, MINUS, PLUS, DOT, ZERO, NINE, LOWER_E, LOWER_U] = [...'"\\,:-+.09eu'].map(
  (sign) => sign.charCodeAt(0),
) as [number, number, number, number, number, number, number, number, number, number, number];
export const LIST = '['.charCodeAt(0);
export const OBJECT = '{'.charCodeAt(0);
/** `]` is two behind `[`, and `}` two behind `{`. */
const TO_CLOSING = 2;
const FIRST_PRINTABLE = 0x20;
const WORDS = ['true', 'false', 'null'];
/** The signs that may stand behind a backslash, but for `u`. */
const ESCAPED = new Set([...'"\\/bfnrt'].map((sign) => sign.charCodeAt(0)));
const HEX = /^[0-9a-f]{4}$/i;
/** No service nests so deep. A text of nothing but brackets would have us remember each of them. */
const MOST_LEVELS = 1_000;

/**
 * Walks over a JSON text (RFC 8259) as strictly as `JSON.parse`, and makes no objects of it: those of a few MB of odd text, such as
 * one with 500,000 different names, take a gigabyte and hold the event loop for seconds. Positions are indexes into the text.
 *
 * @throws {UpstreamFailure} at the first sign that does not belong there
 */
export class JsonText {
  /** Behind the list or object whose last member `next` or `first` has just come to. */
  end = 0;
  /** The levels of lists and objects in the value that `value` walked over last; 0: it is neither. */
  levels = 0;

  constructor(readonly text: string) {}

  /** The code of the first sign of a value. */
  signAt(at: number): number {
    return this.text.charCodeAt(at);
  }

  /** Leaves the space out. */
  space(at: number): number {
    for (;;) {
      const code = this.text.charCodeAt(at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
      at += 1;
    }
  }

  /** From the beginning of a list or an object to its first element or name; -1: it is empty. */
  first(from: number): number {
    const at = this.space(from + 1);
    if (this.text.charCodeAt(at) !== this.text.charCodeAt(from) + TO_CLOSING) return at;
    this.end = at + 1;
    return -1;
  }

  /** From the end of a value in a list or an object to the next element or name; -1: it was the last. */
  next(valueEnd: number, container: number): number {
    const at = this.space(valueEnd);
    const code = this.text.charCodeAt(at);
    if (code === COMMA) return this.space(at + 1);
    if (code !== container + TO_CLOSING) throw noJson();
    this.end = at + 1;
    return -1;
  }

  /**
   * Walks over an object.
   *
   * @param take is given where a name begins, where it ends, and where its value begins, and says where that ends
   * @returns the end of the object
   */
  members(from: number, take: (name: number, nameEnd: number, value: number) => number): number {
    for (let name = this.first(from); name >= 0;) {
      const nameEnd = this.string(name);
      name = this.next(take(name, nameEnd, this.valueOf(nameEnd)), OBJECT);
    }
    return this.end;
  }

  /** From the end of a name to its value. */
  valueOf(nameEnd: number): number {
    const at = this.space(nameEnd);
    if (this.text.charCodeAt(at) !== COLON) throw noJson();
    return this.space(at + 1);
  }

  /** From the beginning of a value to its end. */
  value(from: number): number {
    const code = this.text.charCodeAt(from);
    this.levels = 0;
    return code === LIST || code === OBJECT ? this.container(from) : this.scalar(from, code);
  }

  /** From the quotation mark that begins a text to behind the one that ends it. */
  string(from: number): number {
    const { text } = this;
    if (text.charCodeAt(from) !== QUOTE) throw noJson();
    for (let at = from + 1; ; at += 1) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) return at + 1;
      if (code === BACKSLASH) at = this.escape(at);
      // Behind the end there is no number.
      else if (!(code >= FIRST_PRINTABLE)) throw noJson();
    }
  }

  /** The text between two quotation marks. It may be a view of the whole, and then keeps that in memory. */
  stringIn(from: number, end: number): string {
    const inner = this.text.slice(from + 1, end - 1);
    return inner.includes('\\') ? (JSON.parse(this.text.slice(from, end)) as string) : inner;
  }

  /** A value that `value` has walked over; of a list or an object, an empty one. */
  plain(from: number, end: number): unknown {
    const code = this.text.charCodeAt(from);
    if (code === QUOTE) return this.stringIn(from, end);
    if (code === LIST) return [];
    if (code === OBJECT) return {};
    const word = this.text.slice(from, end);
    return word === 'null' ? null : word === 'true' || (word === 'false' ? false : Number(word));
  }

  private scalar(from: number, code: number): number {
    if (code === QUOTE) return this.string(from);
    if ((code >= ZERO && code <= NINE) || code === MINUS) return this.number(from);
    const word = WORDS.find((one) => this.text.startsWith(one, from));
    if (word === undefined) throw noJson();
    return from + word.length;
  }

  /** Not by recursion, which would fail at some thousand levels. */
  private container(from: number): number {
    const open: number[] = [];
    for (let at = from; ;) {
      const code = this.text.charCodeAt(at);
      const opens = code === LIST || code === OBJECT;
      const inner = opens ? this.first(at) : -1;
      if (opens) this.levels = Math.max(this.levels, open.length + 1);
      if (inner >= 0) {
        if (open.push(code) > MOST_LEVELS) throw tooDeep();
        at = this.into(inner, code);
      } else {
        at = this.behind(opens ? this.end : this.scalar(at, code), open);
        if (open.length === 0) return at;
      }
    }
  }

  /** From the end of a value to the next one. Whatever ends with it is open no longer; if that is all, to the end of that. */
  private behind(valueEnd: number, open: number[]): number {
    let end = valueEnd;
    for (let container = open.at(-1); container !== undefined; container = open.at(-1)) {
      const at = this.next(end, container);
      if (at >= 0) return this.into(at, container);
      open.pop();
      end = this.end;
    }
    return end;
  }

  /** An element is a value; a name has one. */
  private into(at: number, container: number): number {
    return container === LIST ? at : this.valueOf(this.string(at));
  }

  private escape(at: number): number {
    const code = this.text.charCodeAt(at + 1);
    if (ESCAPED.has(code)) return at + 1;
    if (code !== LOWER_U || !HEX.test(this.text.slice(at + 2, at + 6))) throw noJson();
    return at + 5;
  }

  private number(from: number): number {
    const { text } = this;
    let at = text.charCodeAt(from) === MINUS ? from + 1 : from;
    at = text.charCodeAt(at) === ZERO ? at + 1 : this.digits(at);
    if (text.charCodeAt(at) === DOT) at = this.digits(at + 1);
    if ((text.charCodeAt(at) | 0x20) === LOWER_E) {
      const sign = text.charCodeAt(at + 1);
      at = this.digits(sign === PLUS || sign === MINUS ? at + 2 : at + 1);
    }
    return at;
  }

  /** At least one. */
  private digits(from: number): number {
    let at = from;
    for (let code = this.text.charCodeAt(at); code >= ZERO && code <= NINE; code = this.text.charCodeAt(at)) at += 1;
    if (at === from) throw noJson();
    return at;
  }
}

const tooDeep = () => new UpstreamFailure('too_large', `the body has more than ${MOST_LEVELS} levels`);

export const noJson = (cause?: unknown) =>
  new UpstreamFailure('not_json', 'the body cannot be read as JSON', cause === undefined ? {} : { cause });
