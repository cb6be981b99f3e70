import fc from 'fast-check';
import {
  checkAge,
  EARLIEST_MS,
  formatInstant,
  LATEST_MS,
  parseInstant,
  parseSentTime,
} from '../../../src/events/domain/timestamps.js';
import { RejectedEvent } from '../../../src/events/domain/rejection.js';
import { RECEIVED_AT } from './payloads/payload-case.js';

const instant = fc.integer({ min: EARLIEST_MS, max: LATEST_MS });

test('what is written out reads back, in every year from 1 to 9999', () => {
  fc.assert(
    fc.property(instant, (ms) => {
      expect(parseInstant(formatInstant(ms), 'timestamp')).toBe(ms);
      expect(parseInstant(ms, 'timestamp')).toBe(ms);
    }),
    { numRuns: 5_000, seed: 1 },
  );
});

test('an offset names the same instant', () => {
  fc.assert(
    fc.property(instant, fc.integer({ min: -1439, max: 1439 }), (ms, offset) => {
      const local = ms + offset * 60_000;
      fc.pre(local >= EARLIEST_MS && local <= LATEST_MS);
      const hours = String(Math.trunc(Math.abs(offset) / 60)).padStart(2, '0');
      const minutes = String(Math.abs(offset) % 60).padStart(2, '0');
      const text = formatInstant(local).replace('Z', `${offset < 0 ? '-' : '+'}${hours}:${minutes}`);
      expect(parseInstant(text, 'timestamp')).toBe(ms);
    }),
    { numRuns: 2_000, seed: 2 },
  );
});

test('a calendar date is accepted exactly when it exists', () => {
  for (const year of [1, 4, 100, 400, 1900, 2000, 2023, 2024, 2026, 9999]) {
    for (let month = 0; month <= 13; month++) {
      for (let day = 0; day <= 32; day++) {
        const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}T12:00:00Z`;
        // Date rolls 30 February over into March, so an existing date is one that comes back unchanged.
        const rolled = new Date(0);
        rolled.setUTCFullYear(year, month - 1, day);
        const exists =
          rolled.getUTCMonth() === month - 1 && rolled.getUTCDate() === day && rolled.getUTCFullYear() === year;
        if (exists) expect(formatInstant(parseInstant(text, 'timestamp')).slice(0, 10)).toBe(text.slice(0, 10));
        else expect(() => parseInstant(text, 'timestamp')).toThrow(RejectedEvent);
      }
    }
  }
});

test('both forms cut what is finer than a millisecond towards the past', () => {
  expect(parseInstant(-0.5, 'timestamp')).toBe(-1);
  expect(parseInstant('1969-12-31T23:59:59.9995Z', 'timestamp')).toBe(-1);
  expect(Object.is(parseInstant(-0, 'timestamp'), 0)).toBe(true);
});

test('seconds with up to seven decimals are the milliseconds that their digits say, cut towards the past', () => {
  fc.assert(
    fc.property(fc.integer({ min: -4_000_000_000, max: 4_000_000_000 }), fc.nat(9_999_999), (whole, tenMillionths) => {
      const text = `${whole}.${String(tenMillionths).padStart(7, '0')}`;
      const finer = tenMillionths % 10_000 > 0 ? 1 : 0;
      const ms = Math.floor(tenMillionths / 10_000);
      const exact = whole < 0 ? whole * 1000 - ms - finer : whole * 1000 + ms;
      fc.pre(String(Number(text)) === text.replace(/\.?0+$/, '') && whole !== 0);
      expect(parseSentTime(Number(text), 'timestamp')).toBe(exact);
    }),
    { numRuns: 5_000, seed: 4 },
  );
});

test.each([
  [0, 0],
  [-0, 0],
  [1e-7, 0],
  [-1e-7, -1],
  [0.0015, 1],
  [-0.0015, -2],
  [-0.5, -500],
  [99_999_999_999.5, 99_999_999_999_500],
  [1e11, 1e11],
  [1e11 + 0.9, 1e11],
  [-1e11, -1e11],
  [1e300, 1e300],
])('%p is a time at %p', (sent, instant) => {
  expect(Object.is(parseSentTime(sent, 'timestamp'), instant)).toBe(true);
});

test('one wrong character makes a time invalid or another time, never an accident', () => {
  const good = '2026-03-01T09:58:20.123Z';
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), (at, unit) => {
      const text = good.slice(0, at) + unit + good.slice(at + 1);
      let parsed: number;
      try {
        parsed = parseInstant(text, 'timestamp');
      } catch (error) {
        expect(error).toMatchObject({ reason: 'schema', field: 'timestamp' });
        return;
      }
      expect(formatInstant(parsed)).toBe(text.toUpperCase());
    }),
    { numRuns: 5_000, seed: 3 },
  );
});

test.each([0, 2 ** 60, -(2 ** 60), Number.MAX_VALUE, Number.NaN])(
  'a receipt at %p gives a verdict, not a crash',
  (receivedAt) => {
    expect(() => checkAge(RECEIVED_AT, { receivedAt, intake: 'pulsar' }, 400, null)).toThrow(RejectedEvent);
  },
);
