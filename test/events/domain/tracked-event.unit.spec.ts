import type { IncomingEvent } from '../../../src/events/domain/incoming-event.js';
import { REJECTION_REASONS, RejectedEvent, UNREADABLE_REASONS } from '../../../src/events/domain/rejection.js';
import { TrackedEvent } from '../../../src/events/domain/tracked-event.js';
import { PAYLOADS } from './payloads.table.js';
import { type PayloadCase, RULES, recorded } from './payloads/payload-case.js';

/** By storage, and by the transport: cipher text is no payload. */
const FOUND_ELSEWHERE = ['no_identity', 'too_old', 'id_conflict', 'unstorable', ...UNREADABLE_REASONS];
const ASCII = /^[\x20-\x7e]*$/;

function record(incoming: IncomingEvent): TrackedEvent | RejectedEvent {
  try {
    return TrackedEvent.record(incoming, RULES);
  } catch (error) {
    if (error instanceof RejectedEvent) return error;
    throw error;
  }
}

function verdictOf({ incoming, expected }: PayloadCase): PayloadCase['expected'] {
  const outcome = record(incoming);
  if (outcome instanceof RejectedEvent) return { rejected: outcome.reason, field: outcome.field };
  const asked =
    'recorded' in expected ? (Object.keys(expected.recorded) as Exclude<keyof TrackedEvent, 'erased'>[]) : [];
  return { recorded: Object.fromEntries(asked.map((name) => [name, outcome[name]])) };
}

const themes = Object.entries(PAYLOADS);
const all = themes.flatMap(([, cases]) => cases);

describe.each(themes)('TrackedEvent.record: %s', (_theme, cases) => {
  test.each(cases.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    expect(verdictOf(one)).toEqual(one.expected);
  });
});

describe('the table of payloads', () => {
  test('has every reason that the domain can give, and no two cases of one name in a theme', () => {
    const given = new Set(all.flatMap(({ expected }) => ('rejected' in expected ? [expected.rejected] : [])));
    expect([...given, ...FOUND_ELSEWHERE].sort()).toEqual(Object.keys(REJECTION_REASONS).sort());
    for (const [, cases] of themes) expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });

  test('a text body and the same bytes get the same verdict', () => {
    for (const one of all) {
      const { body } = one.incoming;
      // A text with a raw half of a pair has no bytes.
      if (typeof body !== 'string' || Buffer.from(body).toString() !== body) continue;
      expect(verdictOf({ ...one, incoming: { ...one.incoming, body: Buffer.from(body) } })).toEqual(one.expected);
    }
  });

  test('every detail is short ASCII that can be stored and logged', () => {
    for (const { incoming } of all) {
      const outcome = record(incoming);
      if (!(outcome instanceof RejectedEvent)) continue;
      expect(outcome.detail).toMatch(ASCII);
      expect(outcome.field ?? '').toMatch(ASCII);
      expect(outcome.detail.length).toBeLessThan(500);
    }
  });

  test('the payload and the attributes are left untouched, and twice the same gives twice the same', () => {
    for (const { incoming } of all) {
      const before = Buffer.from(incoming.body);
      expect(record(incoming)).toEqual(record(incoming));
      expect(Buffer.from(incoming.body).equals(before)).toBe(true);
    }
    expect(({} as { polluted?: true; admin?: true }).admin).toBeUndefined();
  });
});

describe('details tell the fix', () => {
  test.each([
    ['{"user_id":"u","timestamp":1772359100000000000}', 'epoch nanoseconds, send milliseconds'],
    ['{"user_id":"u","timestamp":1772359100123456789}', 'send timestamp as epoch milliseconds, such as 1772359100123'],
    ['{"user_id":"u","timestamp"\n: 1772359100123456789}', 'send timestamp as epoch milliseconds'],
    ['{"user_id":"u","sent_at":1772359100123456789}', 'or, if it is a time in nanoseconds, as epoch milliseconds'],
    ['{"page_url":"/a","interaction":"view"}', 'needs page_url and view_id'],
    [`{"user_id":"u","n":[${'1e308,'.repeat(9000)}1]}`, 'send such numbers as strings'],
    ['{"user_id":"u","timestamp":1772359100123456}', 'epoch microseconds'],
    [
      '{"user_id":"u","timestamp":"2026-02-30"}',
      'RFC 3339 with an offset such as 2026-03-01T10:00:00.000Z; got "2026-02-30"',
    ],
    [`{"user_id":"${'é'.repeat(300)}"}`, 'a string of 1 to 255 characters; got "\\u00e9'],
    ['{"n":9007199254740993}', 'got'],
    ['{"x":0.1}', 'y is missing: x and y come together'],
  ])('%s', (body, hint) => {
    const outcome = record(recorded('', body, {}).incoming);
    expect(outcome).toBeInstanceOf(RejectedEvent);
    if (body.includes('timestamp')) expect((outcome as RejectedEvent).detail).not.toContain('as a string');
    if (hint !== 'got') expect((outcome as RejectedEvent).detail).toContain(hint);
    else expect((outcome as RejectedEvent).detail).toContain('"9007199254740993"');
  });
});

test.each([
  ['seconds', 1_772_359_100],
  ['microseconds', 1_772_359_100_123_456],
  ['nanoseconds', 1_772_359_100_000_000_000],
])('an event time of the message in %s is told to be milliseconds', (unit, fallbackTime) => {
  const outcome = record(recorded('', { user_id: 'u' }, {}, { fallbackTime }).incoming) as RejectedEvent;
  expect(outcome.detail).toContain(`looks like epoch ${unit}, send milliseconds`);
});

test.each([
  ['a text', '"1970-01-21T12:19:19.100Z"'],
  ['seconds far from now', '1700000'],
])('a time out of range that is %s is given no unit', (_, timestamp) => {
  const outcome = record(recorded('', `{"user_id":"u","timestamp":${timestamp}}`, {}).incoming) as RejectedEvent;
  expect(outcome.reason).toBe('timestamp_range');
  expect(outcome.detail).not.toContain('looks like');
});
