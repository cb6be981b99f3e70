import { isAscii } from 'node:buffer';
import { closingQuote } from '../domain/parsing/strict-json.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_ARRAY = 0x5d;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

/**
 * The items of a JSON array as they were sent: each goes through the same strict parser as a Pulsar payload, so that
 * digits which JSON.parse would lose, or bytes that are no UTF-8, are one item's fault. Text where the body is ASCII,
 * which is lighter than a Buffer for each; else bytes.
 *
 * @param body a JSON document that JSON.parse takes: the caller has parsed it.
 * @param key a key of its outermost object whose value is an array; the last one counts, as in JSON.parse.
 */
export function itemsAsSent(body: Buffer, key: string): (Buffer | string)[] {
  const json = body.toString('latin1'); // one unit a byte, and what structures JSON is ASCII
  const source = isAscii(body) ? json : body;
  let items: (Buffer | string)[] = [];
  let depth = 0;
  let start = -1; // of the item that is open
  let inArray = false;
  let lastKey: string | null = null;
  const close = (end: number) => {
    if (start !== -1) items.push(typeof source === 'string' ? source.slice(start, end) : source.subarray(start, end));
    start = -1;
  };
  for (let at = 0; at < json.length; at += 1) {
    const unit = json.charCodeAt(at);
    if (inArray && depth === 2 && start === -1 && unit > SPACE && unit !== CLOSE_ARRAY) start = at;
    switch (unit) {
      case QUOTE: {
        const end = closingQuote(json, at);
        if (depth === 1 && !inArray) lastKey = JSON.parse(json.slice(at, end + 1)) as string;
        at = end;
        break;
      }
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        depth += 1;
        if (unit === OPEN_ARRAY && depth === 2 && lastKey === key) {
          inArray = true;
          items = [];
        }
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        depth -= 1;
        if (inArray && depth === 1) {
          close(at);
          inArray = false;
          lastKey = null;
        }
        break;
      case COMMA:
        if (depth === 2 && inArray) close(at);
        else if (depth === 1) lastKey = null;
    }
  }
  return items;
}
