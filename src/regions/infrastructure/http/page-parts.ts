import { FACT_COLUMNS } from '../../domain/fact-row.js';

/** Facts, contents of conflicts or erasures that anybody may ask for in one page (`limit`). */
export const MOST_ROWS = 5_000;
/** Members of a content of a conflict; an erasure has fewer. */
const MEMBERS = 5;
/** More than stand in a page around its rows. */
const HEAD = 100;
/** A page of the most facts and of the most contents has no more. */
export const MOST_PARTS = MOST_ROWS * (FACT_COLUMNS.length + 1) + MOST_ROWS * (MEMBERS + 1) + HEAD;

export const MORE_PARTS = `its page has more than ${MOST_PARTS} lists, objects and commas, which is more than any region sends`;

const [QUOTE, BACKSLASH, COMMA, LIST, OBJECT] = [...'"\\,[{'].map((sign) => sign.charCodeAt(0));

/**
 * Whether a JSON text has more lists, objects and commas than this. Many small parts take far longer to parse than their size
 * says: 16 MB of `[{},{},…]` hold the event loop for a second. Of what is no JSON it counts something.
 */
export function hasMoreParts(text: string, most: number): boolean {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign === QUOTE) at = endOfText(text, at);
    else if ((sign === COMMA || sign === LIST || sign === OBJECT) && ++count > most) return true;
  }
  return false;
}

/** The place of the quote that ends a text. */
function endOfText(text: string, begin: number): number {
  for (let end = begin; ;) {
    end = text.indexOf('"', end + 1);
    if (end === -1) return text.length;
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end;
  }
}
