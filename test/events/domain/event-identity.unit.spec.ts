import fc from 'fast-check';
import { version as versionOf } from 'uuid';
import {
  cloudEventKey,
  deriveMessageKey,
  deriveRowKey,
  eventKeyOf,
} from '../../../src/events/domain/event-identity.js';
import { pageKeyOf } from '../../../src/events/domain/page-key.js';
import { RECEIVED_AT } from './payloads/payload-case.js';

const address = {
  cluster: 'standalone',
  topic: 'persistent://public/default/clicks',
  messageId: '12:34:-1:0',
  publishedAt: RECEIVED_AT,
};

// Golden vectors, computed apart from this code (Python hashlib). They may never change: stored keys depend on them.
test.each([
  ['order-1', 'de74eb4c-fa81-8ccd-a1e4-5d3e78ae2f03'],
  ['é😀', '5d04d8f0-b6d6-8724-a0f1-d0ebbaccd5e9'],
  ['0199C1A4-7D2E-7C3B-9A51-3F0F6A1B2C3D', '0199c1a4-7d2e-7c3b-9a51-3f0f6a1b2c3d'],
  ['ffffffff-ffff-ffff-ffff-ffffffffffff', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
])('key of %s', (eventId, key) => {
  expect(eventKeyOf(eventId)).toBe(key);
});

test.each([
  ['/shop', 'A-1', '14b8b0e1-9b76-8354-8d03-280eadcaa61d'],
  ['a', 'bc', 'd332d52c-49a8-889b-9121-f539f585da0f'],
  ['ab', 'c', '041adfbe-e63e-830f-8b7a-37070c70e841'],
])('key of the CloudEvent %s %s', (source, id, key) => {
  expect(cloudEventKey(source, id)).toBe(key);
});

test.each([
  [address, '019ca8d7-2d00-8af2-a452-6449892d7880'],
  [{ ...address, messageId: '12:34:-1:1' }, '019ca8d7-2d00-8a32-8f0a-b908e8de39b8'],
  [{ ...address, messageId: '1:0:2:-1', publishedAt: 0 }, '00000000-0000-8293-a7b4-8ada0d203c42'],
])('key of the message %j', (message, key) => {
  expect(deriveMessageKey(message)).toBe(key);
});

test.each([
  [0, '["/a",0.5]', RECEIVED_AT, '019ca8d7-2d00-8026-ada4-fbae549a42a7'],
  [1, '["/a",0.5]', RECEIVED_AT, '019ca8d7-2d00-8ffd-b4bb-3e8a4b5e67a3'],
  [0, '["/ñ",null]', -5, '00000000-0000-8425-af15-8d8c1ac8c8f6'],
])('key of row %i that says %s', (ordinal, content, happenedAt, key) => {
  expect(deriveRowKey({ kind: 'heatmap.db', content, ordinal, happenedAt })).toBe(key);
});

test.each([
  ['/albums/avengers', -8772876433254250955n],
  ['/a', 7660865432161832061n],
  ['/años', 5274881454488716157n],
])('page key of %s', (pageUrl, key) => {
  expect(pageKeyOf(pageUrl)).toBe(key);
});

test('a UUID of any version is itself whatever its case, so the key of a key is the key', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uuid(), fc.string({ minLength: 1, maxLength: 128 })), (eventId) => {
      const key = eventKeyOf(eventId);
      expect(eventKeyOf(key)).toBe(key);
      expect(eventKeyOf(key.toUpperCase())).toBe(key);
      expect(key).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    }),
    { seed: 1 },
  );
});

test('a text as long as a UUID is hashed like any other', () => {
  expect(versionOf(eventKeyOf('x'.repeat(36)))).toBe(8);
});

test('derived keys are UUIDs of version 8', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(versionOf(eventKeyOf(`x${a}`))).toBe(8);
      expect(versionOf(cloudEventKey(a, b))).toBe(8);
      expect(versionOf(deriveMessageKey({ ...address, topic: a, messageId: b }))).toBe(8);
    }),
    { seed: 2 },
  );
});

test('another text is another key, also where parts meet', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (a, b, c, d) => {
      expect(cloudEventKey(a, b) === cloudEventKey(c, d)).toBe(a === c && b === d);
      expect(eventKeyOf(`x${a}`) === eventKeyOf(`x${c}`)).toBe(a === c);
    }),
    {
      seed: 3,
      examples: [
        ['a', 'bc', 'ab', 'c'],
        ['1:a,', '', '', '1:a,'],
      ],
    },
  );
});

test('keys of messages sort by publish time, and every part of the address counts', () => {
  const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
  fc.assert(
    fc.property(time, time, (a, b) => {
      fc.pre(a < b);
      expect(deriveMessageKey({ ...address, publishedAt: a }) < deriveMessageKey({ ...address, publishedAt: b })).toBe(
        true,
      );
    }),
    { seed: 4 },
  );
  const keys = [
    address,
    { ...address, cluster: 'b' },
    { ...address, topic: 't' },
    { ...address, messageId: '12:34:0:0' },
  ].map(deriveMessageKey);
  expect(new Set(keys).size).toBe(4);
});

test.each([
  [1.9, '00000000-0001-8'],
  [-1, '00000000-0000-8'],
  [Number.NaN, '00000000-0000-8'],
  [2 ** 48 - 1, 'ffffffff-ffff-8'],
  [2 ** 48, 'ffffffff-ffff-8'],
  [Number.POSITIVE_INFINITY, 'ffffffff-ffff-8'],
])('a publish time of %p is bounded to whole milliseconds of 48 bits', (publishedAt, start) => {
  const key = deriveMessageKey({ ...address, publishedAt });
  expect(key.startsWith(start)).toBe(true);
  expect(versionOf(key)).toBe(8);
});
