import { closingQuote } from './strict-json.js';

const QUOTE = 0x22;
const LETTER_E = 0x65;
const PLUS = 0x2b;
const MINUS = 0x2d;
/** `1e+308,` takes 7 characters, and written out 310. */
const LARGEST_GROWTH = 45;

/**
 * How many characters a canonical JSON text gains when its numbers are written without exponents, as PostgreSQL writes those of
 * `jsonb`: `1e+308` there has 309 digits, and a page of 300 events full of them was more than a statement may answer.
 *
 * @param atMost what may be gained without anybody asking how much: then 0 is answered without a look, where that is sure
 */
export function gainWrittenOut(json: string, atMost: number): number {
  if (json.length * LARGEST_GROWTH <= atMost || !(json.includes('e+') || json.includes('e-'))) return 0;
  let gain = 0;
  for (let at = 0; at < json.length; at++) {
    const unit = json.charCodeAt(at);
    if (unit === QUOTE) at = closingQuote(json, at);
    else if (unit === LETTER_E) {
      // Outside of texts an e before a sign is an exponent: true and false have none behind it.
      const sign = json.charCodeAt(at + 1);
      if (sign === PLUS || sign === MINUS) gain += gainOfNumber(json, at);
    }
  }
  return gain;
}

/** `d.ddde±n` with `e` at the place given: a large one has n + 1 digits, a small one a zero, a point and n − 1 zeros before its digits. */
function gainOfNumber(json: string, e: number): number {
  let start = e;
  while (start > 0 && isOfMantissa(json.charCodeAt(start - 1))) start--;
  const mantissa = e - start;
  const exponent = Number.parseInt(json.slice(e + 2, e + 5), 10);
  const shown = mantissa + 2 + String(exponent).length;
  const digits = mantissa > 1 ? mantissa - 1 : 1;
  return (json.charCodeAt(e + 1) === PLUS ? exponent + 1 : exponent + 1 + digits) - shown;
}

const isOfMantissa = (unit: number) => unit === 0x2e || (unit >= 0x30 && unit <= 0x39);
