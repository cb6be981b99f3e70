import { createHash } from 'node:crypto';
import type { EventType } from '../../../src/events/domain/incoming-event.js';
import type { RejectionReason } from '../../../src/events/domain/rejection.js';
import { batched, compressed, COMPRESSIONS, type Envelope, FIELD, property } from './envelope.js';
import { encodeFields, type WireFields } from './wire.js';

/** The fate that one message must have: a row of its user, or a dead letter with these bytes. */
export interface Outcome {
  readonly user: string;
  /** Null: it is recorded. */
  readonly reason: RejectionReason | null;
  readonly payload: Buffer;
  /** Epoch milliseconds, where the envelope decides them. */
  readonly occurredAt?: number;
}

/** Envelopes of one kind: its n-th instance has a user, and so bytes, that no other has. */
export interface EnvelopeFamily {
  readonly name: string;
  /** Decides the topic. */
  readonly type: EventType;
  /** A tenth of the others: each costs a connection, because permits of the broker are lost with it. */
  readonly rare?: boolean;
  readonly make: (user: string, n: number) => { envelopes: readonly Envelope[]; outcomes: readonly Outcome[] };
}

type Given = Omit<Envelope, 'payload'>;
type Expected = Pick<Outcome, 'reason' | 'occurredAt'>;
type Payload = (user: string, n: number) => string | Buffer;

/** It says its own time, so that no clock of the envelope is asked. */
export const plain: Payload = (user) => `{"user_id":"${user}","timestamp":${Date.now()}}`;
const timeless: Payload = (user) => `{"user_id":"${user}"}`;
const bad: Payload = (user) => `{"user_id":"${user}","a":NaN}`;
const long: Payload = (user) => `{"user_id":"${user}","timestamp":${Date.now()},"a":"${'x'.repeat(20_000)}"}`;

const single = (
  name: string,
  given: Given | ((n: number) => Given),
  payload: Payload = plain,
  expected: Expected | ((n: number) => Expected) = { reason: null },
  type: EventType = 'click',
): EnvelopeFamily => ({
  name,
  type,
  make: (user, n) => {
    const bytes = Buffer.from(payload(user, n));
    const envelope = { ...(typeof given === 'function' ? given(n) : given), payload: bytes };
    const outcome = typeof expected === 'function' ? expected(n) : expected;
    return { envelopes: [envelope], outcomes: [{ user, payload: bytes, ...outcome }] };
  },
});

const outOfRange: Expected = { reason: 'timestamp_range' };
const MAX_LONG = 2n ** 63n - 1n;
const NEGATIVE = 2n ** 64n - 5n;
const MICROSECONDS = 1_763_800_000_000_000n;
const NANOSECONDS = 1_763_800_000_000_000_000n;
const EVENT_TIME = 1_763_800_000_123;
const TEN_YEARS_MS = 3_653 * 86_400_000;

const eventTime = (value: number | bigint): Given => ({ fields: [[FIELD.eventTime, value]] });
const eventTimes: readonly EnvelopeFamily[] = [
  single('event time: milliseconds', eventTime(EVENT_TIME), timeless, { reason: null, occurredAt: EVENT_TIME }),
  single('event time: 0, which is none', eventTime(0), timeless),
  single('event time: seconds', eventTime(1_763_800_000), timeless, outOfRange),
  single('event time: microseconds', eventTime(MICROSECONDS), timeless, outOfRange),
  single('event time: nanoseconds', eventTime(NANOSECONDS), timeless, outOfRange),
  single('event time: the largest long', eventTime(MAX_LONG), timeless, outOfRange),
  single('event time: negative', eventTime(NEGATIVE), timeless, outOfRange),
  single('event time: the smallest long', eventTime(2n ** 63n), timeless, outOfRange),
  single('event time: nonsense beside a time in the payload', eventTime(MAX_LONG)),
];

const published = (publishTime: number | bigint): Given => ({ publishTime });
const publishTimes: readonly EnvelopeFamily[] = [
  single('publish time: 90 s slow', () => published(Date.now() - 90_000)),
  single('publish time: 90 s fast', () => published(Date.now() + 90_000)),
  single('publish time: ten years ahead', () => published(Date.now() + TEN_YEARS_MS), plain, outOfRange),
  single('publish time: 0', published(0), plain, outOfRange),
  single('publish time: microseconds', published(MICROSECONDS), plain, outOfRange),
  single('publish time: microseconds, and no time in the payload', published(MICROSECONDS), timeless, outOfRange),
  single('publish time: the largest long', published(MAX_LONG), plain, outOfRange),
  single('publish time: the largest long, and no time in the payload', published(MAX_LONG), timeless, outOfRange),
  single('publish time: negative', published(NEGATIVE), plain, outOfRange),
  single('publish time: the smallest long, and no time in the payload', published(2n ** 63n), timeless, outOfRange),
];

const keyed = (...fields: WireFields): Given => ({ fields });
const keys: readonly EnvelopeFamily[] = [
  single('key: a text', keyed([FIELD.key, 'user-1'])),
  single('key: empty', keyed([FIELD.key, ''])),
  single('key: 10 kB', keyed([FIELD.key, 'k'.repeat(10_000)])),
  single('key: U+0000 and a letter outside of the BMP', keyed([FIELD.key, '\0𝄞'])),
  single('key: bytes that are no UTF-8', keyed([FIELD.key, Buffer.from([0xc3, 0x28])]), bad, { reason: 'not_json' }),
  single('key: said to be base64, and is not', keyed([FIELD.key, '*'], [FIELD.keyIsBase64, true])),
  single('key: null, and an ordering key of bytes', keyed([FIELD.nullKey, true], [FIELD.orderingKey, Buffer.of(0xff)])),
];

const properties: readonly EnvelopeFamily[] = [
  single('properties: 1,000', keyed(...Array.from({ length: 1_000 }, (_, n) => property(`p${n}`, `${n}`)))),
  single('properties: one of 100 kB', keyed(property('p', 'x'.repeat(100_000)))),
  single('properties: U+0000', keyed(property('a\0b', '\0')), bad, { reason: 'not_json' }),
  single('properties: bytes that are no UTF-8', keyed(property('p', Buffer.from([0xff, 0xfe]))), bad, { reason: 'not_json' }),
  single('properties: an empty name, twice', keyed(property('', ''), property('', '1'))),
  single('properties: __proto__, constructor', keyed(property('__proto__', '1'), property('constructor', '2'))),
  single('properties: names of the frame', keyed(property('payload', '"payload":"'), property('messageId', 'x')), long),
  single('properties: a CloudEvent', (n) =>
    keyed(property('ce_specversion', '1.0'), property('ce_id', `ce-${n}`), property('ce_source', '/envelopes')),
  ),
  single('properties: a CloudEvent without source', keyed(property('ce_id', '1')), plain, { reason: 'schema' }),
  single('properties: a CloudEvent of 0.3', keyed(property('ce_specversion', '0.3')), plain, { reason: 'schema' }),
  single('properties: a CloudEvent with U+0000', keyed(property('ce_id', 'a\0'), property('ce_source', '/')), plain, { reason: 'nul_char' }),
]; // prettier-ignore

const envelopes: readonly EnvelopeFamily[] = [
  single('sequence: the largest long', { sequence: MAX_LONG }),
  single('producer: a name without letters', { producer: '' }),
  single('replicated from another cluster', keyed([FIELD.replicatedFrom, 'elsewhere'])),
  single('delivered a second later', () => keyed([FIELD.deliverAt, Date.now() + 1_000])),
  single('no bytes, but a value', {}, () => '', { reason: 'not_json' }),
];

const withCompression = (name: string, payload: Payload, reason: RejectionReason | null): EnvelopeFamily => ({
  name: `compression: ${name}${reason === null ? '' : `, ${reason} inside`}`,
  type: 'click',
  make: (user, n) => {
    const bytes = Buffer.from(payload(user, n));
    return { envelopes: [compressed(name, bytes)], outcomes: [{ user, reason, payload: bytes }] };
  },
});

/** Three of one batch, one of them bad; each with an envelope of its own. */
const batchOf = (name: string | null): EnvelopeFamily => ({
  name: `a batch, ${name ?? 'not compressed'}, one of three is bad`,
  type: 'click',
  make: (user) => {
    const makers = [timeless, bad, plain];
    const payloads = makers.map((payload, index) => Buffer.from(payload(`${user}-${index}`, index)));
    const own: WireFields[] = [[[5, EVENT_TIME]], [[2, 'key'], [5, MAX_LONG]], [[1, property('a', '1')[1]]]]; // prettier-ignore
    const batch = Buffer.concat(payloads.map((payload, index) => batched(payload, own[index])));
    const outcomes: Outcome[] = payloads.map((payload, index) => ({
      user: `${user}-${index}`,
      reason: index === 1 ? 'not_json' : null,
      payload,
      ...(index === 0 ? { occurredAt: EVENT_TIME } : {}),
    }));
    return { envelopes: [{ ...(name === null ? { payload: batch } : compressed(name, batch)), batch: true, messages: 3 }], outcomes };
  },
}); // prettier-ignore

/** With a key of the producer's own, which nobody else has: cipher text is what anybody else sees. */
const cipher = (length: number, user: string) => {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, n) => digest(`${user} ${n}`));
  return Buffer.concat(blocks).subarray(0, length);
};
const digest = (text: string) => createHash('sha256').update(text).digest();
const encryption: WireFields = [
  [FIELD.encryptionKey, encodeFields([[1, 'key'], [2, cipher(256, 'key')], [3, encodeFields([[1, 'version'], [2, '1']])]])],
  [FIELD.encryptionAlgorithm, 'AES/GCM/NoPadding'],
  [FIELD.encryptionParameter, cipher(12, 'iv')],
]; // prettier-ignore
const encrypted = (name: string, more: Partial<Envelope> = {}): EnvelopeFamily => ({
  rare: more.batch === true,
  name: `encryption: ${name}`,
  type: 'click',
  make: (user) => {
    const payload = cipher(200, user);
    const envelope = { ...more, payload, fields: [...encryption, ...(more.fields ?? [])] };
    return { envelopes: [envelope], outcomes: [{ user, reason: 'encrypted', payload }] };
  },
});

/**
 * On a topic without encrypted batches, which make the consumer connect anew: a broker up to 4.0 that loses the consumer of
 * half a chunked message withholds the topic until it is unloaded (apache/pulsar#26395).
 * @param bytes of one chunk; another message stands behind each but the last
 */
const chunked = (name: string, payload: Payload, bytes: number, reason: RejectionReason | null, by?: string): EnvelopeFamily => ({
  name: `chunks: ${name}`,
  type: 'sale',
  make: (user, n) => {
    const whole = Buffer.from(payload(user, n));
    const packed = by === undefined ? { payload: whole, fields: [] } : compressed(by, whole);
    const of = Math.ceil(packed.payload.length / bytes);
    const outcomes: Outcome[] = [{ user, reason, payload: whole }];
    const envelopes = Array.from({ length: of }, (_, index): Envelope[] => {
      const chunk = { uuid: `chunked-${user}`, index, of, bytes: packed.payload.length };
      const part = { ...packed, payload: packed.payload.subarray(index * bytes, (index + 1) * bytes), chunk };
      if (index === of - 1) return [part];
      const between = Buffer.from(plain(`${user}-${index}`, n));
      outcomes.push({ user: `${user}-${index}`, reason: null, payload: between });
      return [part, { payload: between }];
    });
    return { envelopes: envelopes.flat(), outcomes };
  },
}); // prettier-ignore

/** An Avro record of texts: each text stands behind its length. */
const avro: Payload = (user) => Buffer.concat([Buffer.of(2 * user.length), Buffer.from(user)]);
const avroWithDouble: Payload = (user, n) => {
  const double = Buffer.alloc(8);
  double.writeDoubleLE(0.1);
  return Buffer.concat([Buffer.from(avro(user, n)), double]);
};
const withSchema = { withSchema: true };
const nulls: Payload = (user) => `{"user_id":"${user}","session_id":null,"url":null,"timestamp":${Date.now()}}`;
const schemas: readonly EnvelopeFamily[] = [
  single('schema: JSON, with nulls for what is not set', withSchema, nulls),
  single('schema: JSON, of a version that nobody registered', keyed([FIELD.schemaVersion, Buffer.alloc(8, 0x7f)])),
  single('schema: a version of one byte', keyed([FIELD.schemaVersion, Buffer.of(1)])),
  single('schema: Avro', withSchema, avro, { reason: 'not_json' }, 'conversion'),
  single('schema: Avro, a double in it', withSchema, avroWithDouble, { reason: 'not_utf8' }, 'conversion'),
  single('schema: text', withSchema, plain, { reason: null }, 'sale'),
  single('schema: text, JSON inside JSON', withSchema, (user, n) => JSON.stringify(plain(user, n)), { reason: 'not_json' }, 'sale'),
]; // prettier-ignore

/**
 * All but null values: over WebSocket one of them ends what the broker's service delivers of the topic, which is reported as
 * a stall and has tests of its own (test/e2e/tombstone.ts). Nor is there what a client library throws away unseen: a
 * compression, a batch or chunks that are not what they are said to be.
 */
export const ENVELOPE_FAMILIES: readonly EnvelopeFamily[] = [
  ...eventTimes,
  ...publishTimes,
  ...keys,
  ...properties,
  ...envelopes,
  ...Object.keys(COMPRESSIONS).map((name) => withCompression(name, long, null)),
  ...Object.keys(COMPRESSIONS).map((name) => withCompression(name, bad, 'not_json')),
  ...[null, ...Object.keys(COMPRESSIONS)].map(batchOf),
  encrypted('one message'),
  encrypted('a batch of 16', { batch: true, messages: 16 }),
  encrypted('a batch of 400', { batch: true, messages: 400 }),
  encrypted('compressed before', { fields: [[FIELD.compression, 1], [FIELD.uncompressedSize, 300]] }), // prettier-ignore
  encrypted('with an event time that is none', { fields: [[FIELD.eventTime, MAX_LONG]] }),
  chunked('two, others between', long, 12_000, null),
  chunked('one', plain, 1_000, null),
  chunked('five, bad inside', (user) => `{"user_id":"${user}","a":"${'x'.repeat(20_000)}",}`, 4_500, 'not_json'),
  chunked('three, 300 kB', (user) => user.padEnd(300_000, 'x'), 100_000, 'too_large'),
  chunked('two, compressed', long, 12_000, null, 'LZ4'),
  ...schemas,
];
