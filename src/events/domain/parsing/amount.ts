import { excerpt } from './excerpt.js';
import { RejectedEvent } from '../rejection.js';

const DECIMAL = /^(-?)([0-9]+)(?:\.([0-9]+))?$/;
/** Below 10^11, with 4 decimals: 15 significant digits at most, so that a double holds every amount too. */
const MAX_INTEGER_DIGITS = 11;
const MAX_DECIMALS = 4;

/**
 * The canonical decimal of an amount, without needless zeros: `"19.90"`, `19.9` and `"019.9"` all give `19.9`, and `-0` gives `0`.
 * A negative amount keeps its sign here; the caller refuses it. Nothing is rounded.
 *
 * @throws {RejectedEvent} schema, above 10^11 or with more than 4 decimals (trailing zeros do not count)
 */
export function canonicalAmount(sent: number | string): string {
  if (typeof sent === 'number' && Math.abs(sent) >= 1e11) throw outOfRange(sent);
  const parts = DECIMAL.exec(String(sent));
  // A number below 1e-6 prints with an exponent: it has more than 4 decimals.
  if (!parts) throw tooFine(sent);
  const integer = (parts[2] ?? '').replace(/^0+(?=.)/, '');
  const decimals = (parts[3] ?? '').replace(/0+$/, '');
  if (integer.length > MAX_INTEGER_DIGITS) throw outOfRange(sent);
  if (decimals.length > MAX_DECIMALS) throw tooFine(sent);
  const amount = decimals === '' ? integer : `${integer}.${decimals}`;
  return parts[1] === '-' && amount !== '0' ? `-${amount}` : amount;
}

export function isNegative(amount: string): boolean {
  return amount.startsWith('-');
}

function outOfRange(sent: number | string): RejectedEvent {
  return new RejectedEvent('schema', `amount must be below 100000000000; got ${excerpt(sent)}`, 'amount');
}

function tooFine(sent: number | string): RejectedEvent {
  return new RejectedEvent('schema', `amount must have at most 4 decimals; got ${excerpt(sent)}`, 'amount');
}
