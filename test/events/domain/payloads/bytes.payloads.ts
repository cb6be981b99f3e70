import { type PayloadCase, recorded, rejected } from './payload-case.js';

const LIMIT = 262_144;
const nested = (levels: number) => '{"user_id":"u","a":' + '['.repeat(levels - 1) + ']'.repeat(levels - 1) + '}';
/** A payload of exactly so many bytes, filled with white space. */
const sized = (bytes: number) => '{"user_id":"u"' + ' '.repeat(bytes - 15) + '}';
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

/** Size, UTF-8, numbers, JSON, depth, keys, U+0000, surrogates: what is decided before any field is looked at. */
export const BYTES: readonly PayloadCase[] = [
  // size
  recorded('256 kB', Buffer.from(sized(LIMIT)), { userId: 'u' }),
  rejected('256 kB and a byte', Buffer.from(sized(LIMIT + 1)), 'too_large'),
  rejected('5 MB', Buffer.alloc(5_000_000, 0x20), 'too_large'),
  rejected(
    'a text above 256 kB by its bytes, not its length',
    JSON.stringify({ user_id: 'u', a: '€'.repeat(90_000) }),
    'too_large',
  ),
  rejected('too large and not UTF-8: the size comes first', Buffer.alloc(LIMIT + 1, 0xff), 'too_large'),

  // UTF-8
  recorded('a byte order mark', bytes([0xef, 0xbb, 0xbf], '{"user_id":"u"}'), { userId: 'u' }),
  recorded('a byte order mark in a text body', '\ufeff{"user_id":"u"}', { userId: 'u' }),
  rejected('two byte order marks', bytes([0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf], '{"user_id":"u"}'), 'not_json'),
  recorded('letters of all kinds', Buffer.from('{"user_id":"Ünïcode-用户-😀"}'), { userId: 'Ünïcode-用户-😀' }),
  recorded('U+FFFD sent as such', Buffer.from('{"user_id":"a\ufffd"}'), { userId: 'a\ufffd' }),
  rejected('Latin-1', latin1('{"user_id":"Müller"}'), 'not_utf8'),
  rejected('an overlong slash', bytes('{"user_id":"', [0xc0, 0xaf], '"}'), 'not_utf8'),
  rejected('a surrogate encoded as UTF-8', bytes('{"user_id":"', [0xed, 0xa0, 0x80], '"}'), 'not_utf8'),
  rejected('a cut sequence at the end', bytes('{"user_id":"', [0xf0, 0x9f, 0x98]), 'not_utf8'),
  rejected('UTF-16', Buffer.from('\ufeff{"user_id":"u"}', 'utf16le'), 'not_utf8'),
  rejected('not UTF-8 and a bad number: UTF-8 comes first', latin1('{"user_id":"Müller","n":1e400}'), 'not_utf8'),

  // numbers
  recorded('the largest safe integer', '{"user_id":"u","n":9007199254740991}', {
    properties: '{"n":9007199254740991}',
  }),
  rejected('2^53 + 1', '{"user_id":"u","n":9007199254740993}', 'number_range'),
  rejected('2^53, which a double holds, but not its neighbour', '{"user_id":"u","n":9007199254740992}', 'number_range'),
  rejected('a 64-bit id', '{"user_id":"u","order":-1234567890123456789}', 'number_range'),
  recorded('the same id as a string', '{"user_id":"u","order":"1234567890123456789"}', {
    properties: '{"order":"1234567890123456789"}',
  }),
  rejected('1e400', '{"user_id":"u","n":1e400}', 'number_range'),
  rejected('1e-400', '{"user_id":"u","n":1e-400}', 'number_range'),
  rejected('1e100000, 100,001 characters in jsonb', '{"user_id":"u","n":1e100000}', 'number_range'),
  rejected('400 digits', `{"user_id":"u","n":${'9'.repeat(400)}}`, 'number_range'),
  rejected('more digits than a double', '{"user_id":"u","n":99.999999999999999999}', 'number_range'),
  rejected(
    'an amount with more digits than a double',
    '{"user_id":"u","amount":0.10000000000000001}',
    'number_range',
    null,
    {
      type: 'sale',
    },
  ),
  recorded('1e308', '{"user_id":"u","n":1e308}', { properties: '{"n":1e+308}' }),
  recorded('1e-300', '{"user_id":"u","n":[1e-300,-1.5E-7]}', { properties: '{"n":[1e-300,-1.5e-7]}' }),
  recorded('210 numbers of 309 digits', `{"user_id":"u","n":[${'1e308,'.repeat(209)}1e308]}`, {
    properties: `{"n":[${'1e+308,'.repeat(209)}1e+308]}`,
  }),
  rejected(
    '60 kB of numbers of 309 digits',
    `{"user_id":"u","n":[${'1e308,'.repeat(9_000)}1]}`,
    'number_range',
    'properties',
  ),
  rejected(
    '60 kB of numbers of 309 decimals',
    `{"user_id":"u","n":[${'1e-308,'.repeat(8_000)}1]}`,
    'number_range',
    'properties',
  ),
  rejected(
    'such numbers as members',
    { user_id: 'u', ...Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`e+${n}`, -1.25e250])) },
    'number_range',
    'properties',
  ),
  recorded('texts that look like such numbers', { user_id: 'u', n: Array(3000).fill('1e+308') }, { userId: 'u' }),
  rejected('too large anyway', `{"user_id":"u","n":[${'1e308,'.repeat(11_000)}1]}`, 'too_large', 'properties'),
  recorded('needless zeros', '{"user_id":"u","n":10.0000000000000000000}', { properties: '{"n":10}' }),
  recorded('17 digits that a double holds', '{"user_id":"u","n":0.30000000000000004}', {
    properties: '{"n":0.30000000000000004}',
  }),
  recorded('digits inside a text', '{"user_id":"9007199254740993 \\" 1e400"}', { userId: '9007199254740993 " 1e400' }),
  rejected('a bad number inside data that is not JSON: numbers come first', 'id=12345678901234567890', 'number_range'),

  // JSON
  rejected('nothing', Buffer.alloc(0), 'not_json'),
  rejected('white space', ' \n\t ', 'not_json'),
  rejected('plain text', 'hello', 'not_json'),
  rejected('a key=value form', 'user_id=u&x=0.5', 'not_json'),
  rejected('cut off', '{"user_id":"u"', 'not_json'),
  rejected('an open text', '{"user_id":"u', 'not_json'),
  rejected('something after the object', '{"user_id":"u"} x', 'not_json'),
  rejected('two objects', '{"user_id":"u"}\n{"user_id":"v"}', 'not_json'),
  rejected('a trailing comma', '{"user_id":"u",}', 'not_json'),
  rejected('single quotes', "{'user_id':'u'}", 'not_json'),
  rejected('NaN', '{"user_id":"u","amount":NaN}', 'not_json', null, { type: 'sale' }),
  rejected('Infinity', '{"user_id":"u","x":Infinity}', 'not_json'),
  rejected('a number with leading zeros', '{"user_id":"u","n":007}', 'not_json'),
  rejected('a raw control character in a text', '{"user_id":"a\u0001b"}', 'not_json'),
  rejected('a raw U+0000 in a text', '{"user_id":"a\0b"}', 'not_json'),
  rejected('null', 'null', 'not_json'),
  rejected('a number', '42', 'not_json'),
  rejected('a text', '"event"', 'not_json'),
  rejected('an array of events', '[{"user_id":"u"}]', 'not_json'),
  rejected('binary Avro', bytes([0x48], '550e8400-e29b-41d4', [0x16], 'sess_abc123'), 'not_json'),
  recorded('the same key twice: the last counts', '{"user_id":"a","user_id":"b"}', { userId: 'b' }),
  recorded('pretty printed', JSON.stringify({ user_id: 'u' }, null, 2), { userId: 'u' }),

  // depth
  recorded('32 levels', nested(32), { userId: 'u' }),
  rejected('33 levels', nested(33), 'too_deep'),
  rejected('5,000 levels', nested(5_000), 'too_deep'),
  rejected('100,000 levels', nested(100_000), 'too_deep'),
  rejected('5,000 brackets never closed', '['.repeat(5_000), 'not_json'),
  recorded('brackets inside a text', { user_id: '[{'.repeat(60) }, { userId: '[{'.repeat(60) }),

  // keys
  rejected('__proto__', '{"user_id":"u","__proto__":{"admin":true}}', 'forbidden_key', '__proto__'),
  rejected('constructor, deeper', '{"user_id":"u","a":[{"constructor":1}]}', 'forbidden_key', 'a[0].constructor'),
  rejected(
    'prototype inside properties',
    { user_id: 'u', properties: { prototype: 1 } },
    'forbidden_key',
    'properties.prototype',
  ),
  rejected('__proto__ written with an escape', '{"user_id":"u","\\u005f_proto__":1}', 'forbidden_key', '__proto__'),
  recorded('constructor as a value', { user_id: 'u', a: 'constructor' }, { properties: '{"a":"constructor"}' }),
  recorded('prototypes is another word', { user_id: 'u', prototypes: 1 }, { properties: '{"prototypes":1}' }),
  recorded(
    'names of inherited methods',
    { user_id: 'u', toString: 1, hasOwnProperty: 2 },
    {
      properties: '{"hasOwnProperty":2,"toString":1}',
    },
  ),

  // U+0000 and halves of surrogate pairs
  rejected('U+0000 in a field', { user_id: 'a\0b' }, 'nul_char', 'user_id'),
  rejected('U+0000 in a free text', { user_id: 'u', a: { b: ['\0'] } }, 'nul_char', 'a.b[0]'),
  rejected('U+0000 twice: the first is named', { user_id: 'u', a: '\0', b: '\0' }, 'nul_char', 'a'),
  rejected('U+0000 in a key', '{"user_id":"u","a\\u0000":1}', 'nul_char', 'a\\u0000'),
  recorded('U+0000 with its escape escaped', '{"user_id":"a\\\\u0000"}', { userId: 'a\\u0000' }),
  rejected('a high half', '{"user_id":"a\\ud800"}', 'lone_surrogate', 'user_id'),
  rejected('a low half in a key', '{"user_id":"u","\\udc00":1}', 'lone_surrogate', '\\udc00'),
  rejected('the halves in the wrong order', '{"user_id":"\\ude00\\ud83d"}', 'lone_surrogate', 'user_id'),
  rejected('a half in a text body, without escape', '{"user_id":"a\ud800"}', 'lone_surrogate', 'user_id'),
  recorded('a pair written as escapes', '{"user_id":"\\ud83d\\ude00"}', { userId: '😀' }),
  rejected('U+0000 before a half', '{"user_id":"\\ud800","a":"\\u0000"}', 'nul_char', 'a'),
  rejected('a key before U+0000', '{"user_id":"\\u0000","constructor":1}', 'forbidden_key', 'constructor'),
];
