import { excerpt } from './parsing/excerpt.js';
import type { Intake } from './intake.js';
import { RejectedEvent } from './rejection.js';

const SECOND = 1000;
const DAY = 86_400 * SECOND;
/** Clocks of producers run ahead; more than a day is a mistake. */
export const MAX_AHEAD_MS = DAY;
/** 0001-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z: what PostgreSQL and RFC 3339 both can write. */
export const EARLIEST_MS = -62_135_596_800_000;
export const LATEST_MS = 253_402_300_799_999;

/** `yyyy-mm-ddThh:mm:ss`, an optional fraction, `Z` or an offset (RFC 3339 §5.6; a leap second is refused: epoch milliseconds cannot name it). */
const RFC_3339 =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\.([0-9]+))?(?:[Zz]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))$/;
const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Epoch milliseconds of an RFC 3339 time with offset, or of a number that already is epoch milliseconds.
 * Parts of a millisecond are cut off towards the past, in both forms alike.
 *
 * @throws {RejectedEvent} schema, naming `field`
 */
export function parseInstant(sent: string | number, field: string): number {
  const instant = typeof sent === 'number' ? Math.floor(sent) + 0 : parseRfc3339(sent);
  if (instant === null) {
    throw new RejectedEvent(
      'schema',
      `${field} must be epoch milliseconds or seconds as a number, or RFC 3339 with an offset such as 2026-03-01T10:00:00.000Z; got ${excerpt(sent)}`,
      field,
    );
  }
  return instant;
}

/** A number below it, on either side of 0, is epoch seconds: as milliseconds it would lie between November 1966 and March 1973. */
const SECONDS_BELOW = 1e11;

/**
 * A time as a payload says it: like `parseInstant`, but a number whose amount is below 10¹¹ is epoch seconds. Their fraction is read digit
 * by digit and cut to milliseconds towards the past: 1763800000.123 times 1000 is not what a producer meant in every case.
 * (Beyond that negative numbers are milliseconds too: as seconds they lie before the year 1.)
 *
 * @throws {RejectedEvent} schema, naming `field`
 */
export function parseSentTime(sent: string | number, field: string): number {
  if (typeof sent !== 'number' || Math.abs(sent) >= SECONDS_BELOW) return parseInstant(sent, field);
  const whole = Math.trunc(sent);
  const digits = /^-?[0-9]+\.([0-9]+)$/.exec(String(sent))?.[1] ?? '';
  const milliseconds = Number(digits.slice(0, 3).padEnd(3, '0'));
  if (sent >= 0) return whole * SECOND + milliseconds;
  // A smaller number prints with an exponent, and has no digits here.
  const finer = sent !== whole && (digits === '' || Number(digits.slice(3)) > 0);
  return whole * SECOND - milliseconds - (finer ? 1 : 0) + 0;
}

export function formatInstant(ms: number): string {
  return new Date(ms).toISOString();
}

/**
 * Live intakes take `[receivedAt − maxEventAgeDays, receivedAt + 24 h]`, both ends included; merge and import any time in the years 1 to 9999.
 * Nothing is clamped.
 *
 * @param sent the number that the time was read from, for a hint at its unit; null where it was none
 * @param field null where the time came with the message instead of the payload.
 *
 * @throws {RejectedEvent} timestamp_range
 */
export function checkAge(
  occurredAt: number,
  received: { readonly receivedAt: number; readonly intake: Intake },
  maxEventAgeDays: number,
  field: string | null,
  sent: number | null = null,
): void {
  const live = received.intake === 'pulsar' || received.intake === 'http';
  const earliest = live ? Math.max(received.receivedAt - maxEventAgeDays * DAY, EARLIEST_MS) : EARLIEST_MS;
  const latest = live ? Math.min(received.receivedAt + MAX_AHEAD_MS, LATEST_MS) : LATEST_MS;
  if (occurredAt >= earliest && occurredAt <= latest) return;
  throw new RejectedEvent(
    'timestamp_range',
    `${field ?? 'the time of the message'} must lie in [${describeInstant(earliest)}, ${describeInstant(latest)}]; ` +
      `got ${describeInstant(occurredAt)}${sent === null ? '' : unitHint(sent, earliest, latest)}`,
    field,
  );
}

function describeInstant(ms: number): string {
  return ms >= EARLIEST_MS && ms <= LATEST_MS ? formatInstant(ms) : String(ms);
}

/** Names the unit in which the number would be a time that is accepted. Seconds are named for a message's own time, which is never read as such. */
function unitHint(sent: number, earliest: number, latest: number): string {
  const fits = (instant: number): boolean => instant >= earliest && instant <= latest;
  const looksLike = (unit: string) => `: the number looks like epoch ${unit}, send milliseconds`;
  if (fits(sent * SECOND)) return looksLike('seconds');
  if (fits(sent / SECOND)) return looksLike('microseconds');
  if (fits(sent / SECOND / SECOND)) return looksLike('nanoseconds');
  return '';
}

function parseRfc3339(text: string): number | null {
  const parts = RFC_3339.exec(text);
  if (!parts) return null;
  const year = Number(parts[1]);
  const month = Number(parts[2]);
  const day = Number(parts[3]);
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month)) return null;
  const minutes = Number(parts[4]) * 60 + Number(parts[5]);
  const offset = parts[8] === undefined ? 0 : Number(parts[9]) * 60 + Number(parts[10]);
  const milliseconds = parts[7] === undefined ? 0 : Number(parts[7].slice(0, 3).padEnd(3, '0'));
  return (
    daysSinceEpoch(year, month, day) * DAY +
    (minutes - (parts[8] === '-' ? -offset : offset)) * 60 * SECOND +
    Number(parts[6]) * SECOND +
    milliseconds
  );
}

function daysOfMonth(year: number, month: number): number {
  const leapDay = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (DAYS_OF_MONTH[month - 1] ?? 0) + (leapDay ? 1 : 0);
}

/** Days of the proleptic Gregorian calendar; `Date.UTC` takes the years 0 to 99 for 1900 to 1999. Years run from March. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + dayOfYear - 719_468;
}
