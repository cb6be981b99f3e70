import type { EventType } from '../../src/events/domain/incoming-event.js';
import type { RejectionReason } from '../../src/events/domain/rejection.js';
import type { OutgoingMessage } from '../../src/platform/pulsar/message-broker.port.js';

/** A message that cannot be recorded, and why. */
export interface BadMessage {
  readonly kind: string;
  readonly reason: RejectionReason;
  readonly type: EventType;
  readonly message: OutgoingMessage;
}

type Payload = string | Buffer | Readonly<Record<string, unknown>>;

const DAY_MS = 86_400_000;
const LARGEST = 262_144;

const bytesOf = (payload: Payload) =>
  Buffer.isBuffer(payload) ? payload : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));

function bad(
  kind: string,
  reason: RejectionReason,
  payload: Payload,
  { type = 'click', ...message }: Partial<OutgoingMessage> & { type?: EventType } = {},
): BadMessage {
  return { kind, reason, type, message: { data: bytesOf(payload), ...message } };
}

const sale = { type: 'sale' } as const;
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const nested = (levels: number) => `{"user_id":"u","a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
const cloudEvent = { ce_specversion: '1.0', ce_id: 'A-1', ce_source: '/shop' };

/** The kinds of bad messages that a broker can deliver. `CONFLICTING` is the id of a good event that is published before them. */
export const CONFLICTING = 'taken';
export const badMessages = (now: number): BadMessage[] => [
  bad('nothing at all', 'not_json', ''),
  bad('plain text', 'not_json', 'hello'),
  bad('a cut-off object', 'not_json', '{"user_id":"u"'),
  bad('two objects', 'not_json', '{"user_id":"u"}{"user_id":"u"}'),
  bad('an array of events', 'not_json', '[{"user_id":"u"}]'),
  bad('null', 'not_json', 'null'),
  bad('NaN as an amount', 'not_json', '{"user_id":"u","amount":NaN}', sale),
  bad('binary data', 'not_utf8', Buffer.from([0x00, 0xff, 0xfe, 0x80])),
  bad('Latin-1', 'not_utf8', latin1('{"user_id":"Müller"}')),
  bad('a surrogate encoded as UTF-8', 'not_utf8', latin1('{"user_id":"\xed\xa0\x80"}')),
  bad('a raw NUL in a text', 'not_json', '{"user_id":"a\0b"}'),
  bad('an escaped NUL in a field', 'nul_char', { user_id: 'a\0b' }),
  bad('an escaped NUL in a free key', 'nul_char', { user_id: 'u', 'a\0b': 1 }),
  bad('a lone surrogate in an id', 'lone_surrogate', '{"user_id":"u","event_id":"a\\ud800"}'),
  bad('a lone surrogate in a free text', 'lone_surrogate', '{"user_id":"u","a":{"b":["\\udc00"]}}'),
  bad('1e400', 'number_range', '{"user_id":"u","n":1e400}'),
  bad('1e100000', 'number_range', '{"user_id":"u","n":1e100000}'),
  bad('an integer that a double cannot hold', 'number_range', '{"user_id":"u","n":9007199254740993}'),
  bad('an amount that a double would round', 'number_range', '{"user_id":"u","amount":99.999999999999999999}', sale),
  bad('NaN as a text', 'schema', { user_id: 'u', amount: 'NaN' }, sale),
  bad('five decimals', 'schema', { user_id: 'u', amount: '0.00001' }, sale),
  bad('an amount of 10^11', 'schema', { user_id: 'u', amount: '100000000000' }, sale),
  bad('a negative amount', 'negative_amount', { user_id: 'u', amount: '-0.01' }, sale),
  bad('a currency that does not exist', 'schema', { user_id: 'u', amount: 1, currency: 'QQQ' }, sale),
  bad('30 February', 'schema', { user_id: 'u', timestamp: '2026-02-30T10:00:00Z' }),
  bad('"1" as a time', 'schema', { user_id: 'u', timestamp: '1' }),
  bad('"now"', 'schema', { user_id: 'u', timestamp: 'now' }),
  bad('"infinity"', 'schema', { user_id: 'u', timestamp: 'infinity' }),
  bad('two days ahead', 'timestamp_range', { user_id: 'u', timestamp: now + 2 * DAY_MS }),
  bad('500 days ago, in seconds', 'timestamp_range', { user_id: 'u', timestamp: now / 1000 - 500 * 86_400 }),
  bad('nanoseconds', 'number_range', '{"user_id":"u","timestamp":1772359100123456789}'),
  bad('numbers that PostgreSQL writes out', 'number_range', `{"user_id":"u","n":[${'1e308,'.repeat(9_000)}1]}`),
  bad('500 days ago', 'timestamp_range', { user_id: 'u', timestamp: now - 500 * DAY_MS }),
  bad('an event time of the message long ago', 'timestamp_range', { user_id: 'u' }, { eventTime: 1_000 }),
  bad('__proto__', 'forbidden_key', '{"user_id":"u","__proto__":{"admin":true}}'),
  bad('constructor, deep inside', 'forbidden_key', '{"user_id":"u","a":{"b":{"constructor":1}}}'),
  bad('40 levels', 'too_deep', nested(40)),
  bad('5,000 levels', 'too_deep', nested(5_000)),
  bad('100,000 levels', 'too_deep', nested(100_000)),
  bad('a byte above 256 kB', 'too_large', `{"user_id":"u"${' '.repeat(LARGEST)}}`),
  bad('700 kB', 'too_large', Buffer.alloc(700_000, 0x20)),
  bad('free fields above 64 kB', 'too_large', { user_id: 'u', a: 'x'.repeat(70_000) }),
  bad('an id of 129 characters', 'schema', { user_id: 'u', event_id: 'e'.repeat(129) }),
  bad('no user', 'schema', { url: '/' }),
  bad('a number as user', 'schema', { user_id: 17 }),
  bad('x without y', 'schema', { user_id: 'u', x: 0.5 }),
  bad('a position outside of the page', 'schema', { x: 1.5, y: 0.5 }),
  bad('a view without its page', 'schema', { interaction: 'view', view_id: 'v' }),
  bad('a scroll without its depth', 'schema', { url: '/', interaction: 'scroll', view_id: 'v' }),
  bad('the type of another topic', 'type_mismatch', { user_id: 'u', event_type: 'sale' }),
  bad('url and page_url that differ', 'schema', { user_id: 'u', url: '/a', page_url: '/b' }),
  bad('the id of another event', 'id_conflict', { user_id: 'somebody else', event_id: CONFLICTING }),
  bad('CloudEvents 0.3', 'schema', { specversion: '0.3', id: '1', source: '/', data: { user_id: 'u' } }),
  bad('a CloudEvent without an id', 'schema', { specversion: '1.0', source: '/', data: { user_id: 'u' } }),
  bad(
    'a NUL in a CloudEvents property',
    'nul_char',
    { user_id: 'u' },
    { properties: { ...cloudEvent, ce_id: 'a\0b' } },
  ),
  bad('a NUL in key and properties', 'not_json', 'x', { key: 'k\0', properties: { 'a\0': '\0b' } }),
  bad('lone surrogates in properties', 'not_json', 'x', { properties: { 'a\ud800': '\udc00b' } }),
  bad('a lone surrogate as key', 'not_json', 'x', { key: '\ud800' }),
  bad('log lines and terminal codes', 'not_json', '\u001b[31m\r\n{"level":"fatal"}', { properties: { a: '\r\n' } }),
];
