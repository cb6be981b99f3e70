/** The length of `2026-01-15T12:00:00.123Z`, which `Date.parse` reads in a fraction of the time. */
const USUAL_LENGTH = 24;
/** `Date.parse` misreads years of more than four digits, and offsets with seconds (local mean time). */
const ISO_8601 =
  /^([+-]?\d{4,9})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d)(?::(\d\d))?)$/;
/** The calendar repeats after 400 years, and `Date` reads those from 2000 on. */
const CYCLE_YEARS = 400;
const CYCLE_MS = 146_097n * 86_400_000n;
const TWO_POW_63 = 2 ** 63;
const TWO_POW_64 = 2 ** 64;

/**
 * Epoch milliseconds of a time as the WebSocket service writes it: any 64-bit number that a producer's clock has made, so
 * years up to 292 million. NaN when it is no time. Equal to the number that the native client gives.
 */
export function parseBrokerTime(text: unknown): number {
  if (typeof text !== 'string') return NaN;
  if (text.length === USUAL_LENGTH && text.endsWith('Z')) return Date.parse(text);
  const parts = ISO_8601.exec(text);
  if (!parts) return NaN;
  const part = (index: number) => Number(parts[index] ?? 0);
  const cycles = Math.floor((part(1) - 2000) / CYCLE_YEARS);
  const local = Date.UTC(part(1) - cycles * CYCLE_YEARS, part(2) - 1, part(3), part(4), part(5), part(6));
  const offset = (part(9) * 3600 + part(10) * 60 + part(11)) * 1000;
  const milliseconds = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const inCycle = local + milliseconds - (parts[8] === '-' ? -offset : offset);
  // Rounded once, as the native client's number is.
  return Number(BigInt(cycles) * CYCLE_MS + BigInt(inCycle));
}

/**
 * Epoch milliseconds of a time that the native client read as unsigned; Java's clients write it signed. The last thousand
 * before 1970 have been rounded to 2^64: they become -1, since 0 would mean that there is none.
 */
export const signedBrokerTime = (unsigned: number): number =>
  unsigned >= TWO_POW_63 ? unsigned - TWO_POW_64 || -1 : unsigned;
