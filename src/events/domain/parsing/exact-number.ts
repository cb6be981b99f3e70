/** Sign, integer digits, fraction digits, exponent: the number grammar of JSON (RFC 8259 §6). */
const JSON_NUMBER = /^-?(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;
const LARGEST_EXPONENT = 308;
/** Every decimal with up to this many digits survives the way to a double and back (DBL_DIG). */
export const ALWAYS_EXACT_DIGITS = 15;
/** Up to here JavaScript prints a number without an exponent: 64-bit ids (20 digits) lie below. */
const INTEGERS_PRINTED_PLAIN = 1e21;
/** From here on JavaScript prints a fraction without an exponent. */
const FRACTIONS_PRINTED_PLAIN = 1e-6;

/**
 * Whether a JSON number token survives `JSON.parse` and `JSON.stringify` with its exact decimal value.
 * False for digits that a double loses (`9007199254740993`, `99.999999999999999999`), for what overflows or underflows,
 * for exponents outside ±308 (jsonb would write `1e100000` out as 100,001 characters), and for integers between 2⁵³ and 10²¹
 * with more than 15 digits even where the double happens to be right: a producer of such ids would lose every second one.
 * The verdict depends on the value alone, so what was accepted once is accepted again however it is written.
 * A token that is no JSON number answers true: `JSON.parse` refuses it.
 */
export function holdsExactly(token: string): boolean {
  const double = Number(token);
  // JavaScript reads back whatever it prints: this is the short way for fractions that other programs print alike.
  const plain = Math.abs(double) >= FRACTIONS_PRINTED_PLAIN && Math.abs(double) <= Number.MAX_SAFE_INTEGER;
  if (plain && String(double) === token) return true;
  const parts = JSON_NUMBER.exec(token);
  if (!parts) return true;
  const integer = parts[1] ?? '';
  const shift = Number(parts[3] ?? 0);
  if (Math.abs(shift) > LARGEST_EXPONENT) return false;

  const padded = integer + (parts[2] ?? '');
  const leadingZeros = countLeadingZeros(padded);
  if (leadingZeros === padded.length) return true;
  const digits = padded.slice(leadingZeros, padded.length - countTrailingZeros(padded));
  const exponent = integer.length - leadingZeros - 1 + shift;
  if (Math.abs(exponent) > LARGEST_EXPONENT) return false;

  const value = Math.abs(double);
  if (digits.length > ALWAYS_EXACT_DIGITS && value > Number.MAX_SAFE_INTEGER && value < INTEGERS_PRINTED_PLAIN) {
    return false;
  }
  return shortestDecimal(value) === `${digits}e${exponent}`;
}

/** `12.5` → `125e1`: the digits of the shortest decimal that reads back as the same double, and the exponent of the first. */
function shortestDecimal(value: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  return `${mantissa.replace('.', '')}e${Number(exponent)}`;
}

function countLeadingZeros(digits: string): number {
  let count = 0;
  while (count < digits.length && digits.charCodeAt(count) === 48) count++;
  return count;
}

function countTrailingZeros(digits: string): number {
  let count = 0;
  while (count < digits.length && digits.charCodeAt(digits.length - 1 - count) === 48) count++;
  return count;
}
