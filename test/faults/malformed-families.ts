import { gzipSync } from 'node:zlib';
import type { EventType } from '../../src/events/domain/incoming-event.js';
import type { RejectionReason } from '../../src/events/domain/rejection.js';

/** One way of being wrong: the reason that it must get, and its n-th instance, whose bytes no other instance has. */
export interface Family {
  readonly name: string;
  readonly reason: RejectionReason;
  readonly type: EventType;
  readonly make: (id: string, n: number) => Buffer;
}

type Made = string | Buffer | Readonly<Record<string, unknown>>;
type Make = (id: string, n: number) => Made;

const bytesOf = (made: Made) =>
  Buffer.isBuffer(made) ? made : Buffer.from(typeof made === 'string' ? made : JSON.stringify(made));

const family =
  (reason: RejectionReason, type: EventType = 'click') =>
  (name: string, make: Make): Family => ({ name, reason, type, make: (id, n) => bytesOf(make(id, n)) });

/** The members of a good event; families add what is wrong. */
const good = (id: string) => `"event_id":"${id}","user_id":"u"`;
const having = (member: string) => (id: string) => `{${good(id)},${member}}`;
/** A good event with bytes in the middle of a text. */
const withBytes =
  (...bytes: number[]) =>
  (id: string) =>
    Buffer.concat([Buffer.from(`{${good(id)},"a":"`), Buffer.from(bytes), Buffer.from('"}')]);
const field = (name: string, value: unknown) => (id: string) => ({ event_id: id, user_id: 'u', [name]: value });
const levels = (count: number, open: string, close: string) =>
  having(`"a":${open.repeat(count)}1${close.repeat(count)}`);

const notJson = family('not_json');
const notUtf8 = family('not_utf8');
const numberRange = family('number_range');
const tooDeep = family('too_deep');
const forbiddenKey = family('forbidden_key');
const nulChar = family('nul_char');
const loneSurrogate = family('lone_surrogate');
const schema = family('schema');
const ofSale = family('schema', 'sale');
const timestampRange = family('timestamp_range');

/** An instance is a few hundred bytes. */
export const SMALL_FAMILIES: readonly Family[] = [
  notJson('an object that is cut off', (id) => `{${good(id)}`),
  notJson('a text that is never closed', (id) => `{"user_id":"${id}`),
  notJson('plain text', (id) => `hello ${id}`),
  notJson('a form', (id) => `user_id=u&event_id=${id}`),
  notJson('a line of CSV', (id) => `${id},u,/item,0.5`),
  notJson('XML', (id) => `<event id="${id}"><user>u</user></event>`),
  notJson('YAML', (id) => `event_id: ${id}\nuser_id: u\n`),
  notJson('two objects', (id) => `{${good(id)}}\n{${good(id)}}`),
  notJson('a list of events', (id) => `[{${good(id)}}]`),
  notJson('a text', (id) => `"${id}"`),
  notJson('an object inside a text', (id) => JSON.stringify(`{${good(id)}}`)),
  notJson('base64 of an event', (id) => Buffer.from(`{${good(id)}}`).toString('base64')),
  notJson('a trailing comma', (id) => `{${good(id)},}`),
  notJson('single quotes', (id) => `{'event_id':'${id}','user_id':'u'}`),
  notJson('keys without quotes', (id) => `{event_id:"${id}",user_id:"u"}`),
  notJson('a comment', (id) => `{${good(id)} /* why */}`),
  notJson('NaN', having('"a":NaN')),
  notJson('undefined', having('"a":undefined')),
  notJson('leading zeros', having('"a":007')),
  notJson('a raw control character', having('"a":"x\u0001y"')),
  notJson('a raw NUL', having('"a":"x\0y"')),
  notJson('two byte order marks', (id) => `\ufeff\ufeff{${good(id)}}`),
  notJson('log lines and terminal codes', (id) => `\u001b[31m\r\n{"level":"fatal"} ${id}`),
  notUtf8('a sequence that is broken', withBytes(0xc3, 0x28)),
  notUtf8('a continuation alone', withBytes(0x80)),
  notUtf8('an overlong slash', withBytes(0xc0, 0xaf)),
  notUtf8('a surrogate', withBytes(0xed, 0xa0, 0x80)),
  notUtf8('beyond U+10FFFF', withBytes(0xf4, 0x90, 0x80, 0x80)),
  notUtf8('a sequence that is cut off', (id) => Buffer.concat([Buffer.from(`{"a":"${id}`), Buffer.from([0xf0, 0x9f])])),
  notUtf8('Latin-1', (id) => Buffer.from(`{${good(id)},"a":"Müller"}`, 'latin1')),
  notUtf8('UTF-16', (id) => Buffer.from(`\ufeff{${good(id)}}`, 'utf16le')),
  notUtf8('gzip', (id) => gzipSync(`{${good(id)}}`)),
  numberRange('1e400', having('"a":1e400')),
  numberRange('1e100000', having('"a":[1e100000]')),
  numberRange('1e-400', having('"a":1e-400')),
  numberRange('an integer that a double loses', having('"a":9007199254740993')),
  numberRange('an amount that a double rounds', having('"amount":99.999999999999999999')),
  numberRange('nanoseconds', having('"timestamp":1772359100123456789')),
  tooDeep('33 levels', levels(32, '[', ']')),
  tooDeep('40 levels of objects', levels(40, '{"b":', '}')),
  tooDeep('1,000 levels', levels(1_000, '[', ']')),
  forbiddenKey('__proto__', having('"__proto__":{"admin":true}')),
  forbiddenKey('__proto__ as an escape', having('"\\u005f_proto__":1')),
  forbiddenKey('constructor, deep inside', having('"a":[{"b":{"constructor":1}}]')),
  forbiddenKey('prototype among the properties', having('"properties":{"prototype":1}')),
  nulChar('in a field', (id) => `{"event_id":"${id}","user_id":"a\\u0000b"}`),
  nulChar('in a free text', having('"a":["\\u0000"]')),
  nulChar('in a key', having('"a\\u0000":1')),
  loneSurrogate('in the id', (id) => `{"event_id":"${id}\\ud800","user_id":"u"}`),
  loneSurrogate('a low half in a free text', having('"a":{"b":"\\udc00"}')),
  loneSurrogate('the halves the wrong way round', having('"a":"\\ude00\\ud83d"')),
  loneSurrogate('in a key', having('"\\ud83d":1')),
  schema('no user', (id) => ({ event_id: id, url: '/' })),
  schema('a number as user', (id) => ({ event_id: id, user_id: 7 })),
  schema('an empty user', (id) => ({ event_id: id, user_id: '' })),
  schema('an id of 129 characters', (id) => ({ event_id: id.padEnd(129, 'x'), user_id: 'u' })),
  schema('a number as id', (_id, n) => ({ event_id: n, user_id: 'u' })),
  schema('x without y', field('x', 0.5)),
  schema('a position outside of the page', (id) => ({ event_id: id, x: 1.5, y: 0.5 })),
  schema('pixels below zero', field('scroll_y', -1)),
  schema('white space in a url', field('url', '/a b')),
  schema('url and page_url that differ', (id) => ({ event_id: id, user_id: 'u', url: '/a', page_url: '/b' })),
  schema('a view without its page', (id) => ({ event_id: id, user_id: 'u', interaction: 'view', view_id: 'v' })),
  schema('a view with a position', (id) => ({ event_id: id, x: 0, y: 0, url: '/', interaction: 'view', view_id: 'v' })),
  schema('a scroll without its depth', (id) => ({ event_id: id, url: '/', interaction: 'scroll', view_id: 'v' })),
  schema('an unknown reaction', field('reaction', 'love')),
  schema('30 February', field('timestamp', '2026-02-30T10:00:00Z')),
  schema('a time without offset', field('timestamp', '2026-02-20T10:00:00')),
  schema('"now" as time', field('timestamp', 'now')),
  schema('one key, two values', (id) => ({ event_id: id, user_id: 'u', a: 1, properties: { a: 2 } })),
  schema('CloudEvents 0.3', (id) => ({ specversion: '0.3', id, source: '/', data: { user_id: 'u' } })),
  schema('a CloudEvent without source', (id) => ({ specversion: '1.0', id, data: { user_id: 'u' } })),
  schema('data that is a text', (id) => ({ specversion: '1.0', id, source: '/', data: 'user_id=u' })),
  family('schema', 'conversion')('an empty conversion type', field('conversion_type', '')),
  ofSale('five decimals', field('amount', '0.00001')),
  ofSale('an amount of 10^11', field('amount', '100000000000')),
  ofSale('NaN as a text', field('amount', 'NaN')),
  ofSale('a currency that does not exist', field('currency', 'QQQ')),
  family('type_mismatch')('the type of another topic', field('event_type', 'sale')),
  family('negative_amount', 'sale')('a refund as a sale', field('amount', '-19.90')),
  timestampRange('a year ahead', (id) => ({ event_id: id, user_id: 'u', timestamp: Date.now() + 366 * 86_400_000 })),
  timestampRange('microseconds', (id) => ({ event_id: id, user_id: 'u', timestamp: Date.now() * 1000 })),
  timestampRange('seconds of a year ahead', (id) => ({
    event_id: id,
    user_id: 'u',
    timestamp: Date.now() / 1000 + 366 * 86_400,
  })),
  timestampRange('before there were computers', field('timestamp', '1815-12-10T00:00:00Z')),
];

/** The fate of another event by the id of a recorded one. */
export const conflictFamily = (taken: readonly string[]): Family =>
  family('id_conflict')('the id of a recorded event', (id, n) => ({ event_id: taken[n % taken.length], user_id: id }));

/** Few, and published one after the other: a small broker has no room for many at once. */
export const LARGE_FAMILIES: readonly Family[] = [
  family('too_large')('a byte above 256 kB', (id) => `{${good(id)}`.padEnd(262_144) + '}'),
  family('too_large')('300 kB that are no JSON', (id) => id.padEnd(300_000, 'x')),
  family('too_large')('properties above 64 kB', field('a', 'x'.repeat(65_600))),
];
