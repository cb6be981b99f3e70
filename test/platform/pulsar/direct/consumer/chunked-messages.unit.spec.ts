import { MessageMetadata } from '../../../../../src/platform/pulsar/direct/codec/message-metadata.js';
import {
  ChunkedMessages,
  ChunkMemory,
  MOST_HELD,
  MOST_UNFINISHED,
} from '../../../../../src/platform/pulsar/direct/consumer/chunked-messages.js';
import { DeliveredEntry } from '../../../../../src/platform/pulsar/direct/consumer/delivered-entry.js';

const owner = { isCurrent: () => true, settle: () => undefined, flush: () => undefined };
const origin = { topic: 't', partition: -1, owner };

function chunk(
  uuid: string,
  chunkId: number,
  chunks: number,
  totalChunkBytes: number,
  more: Partial<MessageMetadata> = {},
): MessageMetadata {
  return Object.assign(new MessageMetadata(), { uuid, chunkId, chunks, totalChunkBytes, ...more });
}

function setUp(memoryBytes?: number, bounds: { unfinished?: number; held?: number } = {}) {
  const outcomes: unknown[] = [];
  let [time, entry] = [0, 0];
  const ids = (entries: readonly DeliveredEntry[]) => entries.map(({ entry: id }) => id);
  const chunked = new ChunkedMessages(
    new ChunkMemory(memoryBytes),
    {
      complete: (entries, data) => outcomes.push(['complete', ids(entries), data.toString()]),
      incomplete: (entries, data, _metadata, detail) =>
        outcomes.push(['incomplete', ids(entries), data.toString(), detail]),
      repeated: (one) => outcomes.push(['repeated', one.entry]),
      tooLarge: (one) => outcomes.push(['too large', one.entry]),
    },
    { unfinished: MOST_UNFINISHED, held: MOST_HELD, ...bounds },
    () => time,
  );
  const add = (metadata: MessageMetadata, payload: string, id = entry++) => {
    const delivered = new DeliveredEntry(origin, { ledger: 1, entry: id });
    delivered.envelope = Buffer.from(JSON.stringify(metadata)); // as different as its metadata
    chunked.add(delivered, Buffer.from(payload), metadata);
  };
  return { chunked, outcomes, add, pass: (minutes: number) => (time += minutes * 60_000) };
}

it('puts chunks together, those of several messages side by side, repeated ones once', () => {
  const { add, outcomes, chunked } = setUp();
  add(chunk('a', 0, 2, 6), 'abc');
  add(chunk('b', 0, 2, 4), 'AB');
  add(chunk('a', 0, 2, 6), 'abc');
  add(chunk('b', 1, 2, 4), 'CD');
  add(chunk('a', 1, 2, 6), 'def');
  expect(outcomes).toEqual([
    ['repeated', 2],
    ['complete', [1, 3], 'ABCD'],
    ['complete', [0, 4], 'abcdef'],
  ]);
  expect(chunked.waiting).toBe(0);
});

it('tells apart what two clusters sent under one name', () => {
  const { add, outcomes } = setUp();
  add(chunk('a', 0, 2, 6), 'abc');
  add(chunk('a', 0, 2, 6, { replicatedFrom: 'west' }), 'ABC');
  add(chunk('a', 1, 2, 6), 'def');
  add(chunk('a', 1, 2, 6, { replicatedFrom: 'west' }), 'DEF');
  expect(outcomes).toEqual([
    ['complete', [0, 2], 'abcdef'],
    ['complete', [1, 3], 'ABCDEF'],
  ]);
});

it('gives up after ten minutes what has no end; what comes later is given up by itself', () => {
  const { add, outcomes, chunked, pass } = setUp();
  add(chunk('a', 0, 3, 9), 'abc');
  pass(10);
  chunked.expire();
  expect(outcomes).toEqual([]);
  pass(1);
  chunked.expire();
  add(chunk('a', 1, 3, 9), 'def');
  expect(outcomes).toEqual([
    ['incomplete', [0], 'abc', 'no further chunk came within 10 minutes'],
    ['incomplete', [1], 'def', 'chunk 1 of 3, without those before'],
  ]);
});

it('gives up what does not fit together, and loses no byte of it', () => {
  const { add, outcomes } = setUp();
  add(chunk('a', 0, 3, 9), 'abc');
  add(chunk('a', 2, 3, 9), 'ghi');
  add(chunk('b', 0, 2, 4), 'AB');
  add(chunk('b', 1, 2, 4), 'CDE');
  add(chunk('c', 0, 2, 9), 'x');
  add(chunk('c', 1, 2, 9), 'y');
  add(chunk('d', 0, 2, 3), 'long');
  add(chunk('d', 1, 2, 3), '!');
  expect(outcomes.map((outcome) => (outcome as unknown[]).slice(0, 3))).toEqual([
    ['incomplete', [0], 'abc'],
    ['incomplete', [1], 'ghi'],
    ['incomplete', [2], 'AB'],
    ['incomplete', [3], 'CDE'],
    ['incomplete', [4, 5], 'xy'],
    ['incomplete', [6], 'long'],
    ['incomplete', [7], '!'],
  ]);
});

it('makes room for a younger message, and takes none that is larger than all the memory', () => {
  const { add, outcomes } = setUp(8);
  add(chunk('a', 0, 2, 6), 'abc');
  add(chunk('b', 0, 2, 6), 'ABC');
  add(chunk('b', 1, 2, 6), 'DEF');
  add(chunk('c', 0, 2, 64 * 1024 * 1024 + 1), 'x');
  expect(outcomes).toEqual([
    ['incomplete', [0], 'abc', 'the room for messages in chunks went to younger ones'],
    ['complete', [1, 2], 'ABCDEF'],
    ['too large', 3],
  ]);
});

it('holds so many unfinished messages and no more, however small: a broker stops at the messages that it lets a consumer hold', () => {
  const { add, outcomes } = setUp(1_000, { unfinished: 2 });
  for (const uuid of ['a', 'b', 'c']) add(chunk(uuid, 0, 2, 2), uuid);
  expect(outcomes).toEqual([['incomplete', [0], 'a', 'the room for messages in chunks went to younger ones']]);
  add(chunk('b', 1, 2, 2), 'B');
  expect(outcomes.at(-1)).toEqual(['complete', [1, 3], 'bB']);
});

it('settles an entry that the broker delivered again with its message, not by itself', () => {
  const { add, outcomes, chunked } = setUp();
  add(chunk('a', 0, 2, 6), 'abc');
  add(chunk('a', 0, 2, 6), 'abc', 0);
  expect([outcomes, chunked.entries]).toEqual([[], 2]);
  add(chunk('a', 1, 2, 6), 'def');
  expect(outcomes).toEqual([['complete', [0, 0, 1], 'abcdef']]);
});

it.each<[string, MessageMetadata, string, string]>([
  ['bytes', chunk('a', 0, 2, 6), 'ABC', 'DEF'],
  ['size', chunk('a', 0, 2, 7), 'abc', 'defg'],
  ['number of chunks', chunk('a', 0, 3, 3), 'abc', ''],
  ['publish time', chunk('a', 0, 2, 6, { publishTime: 2 }), 'abc', 'def'],
])(
  'begins another message with a first chunk of another %s: a producer started again counts from 0',
  (_, next, ...payloads) => {
    const { add, outcomes } = setUp();
    add(chunk('a', 0, 2, 6), 'abc');
    add(next, payloads[0]);
    expect(outcomes).toEqual([['incomplete', [0], 'abc', 'another message of the same uuid began']]);
    for (let id = 1; id < next.chunks; id++) add({ ...next, chunkId: id }, payloads[1]);
    expect(outcomes[1]).toEqual(['complete', next.chunks === 2 ? [1, 2] : [1, 2, 3], payloads.join('')]);
  },
);

it.each([
  ['chunks', chunk('a', 1, 3, 6)],
  ['bytes', chunk('a', 1, 2, 7)],
])('joins no chunk of a message of another number of %s', (_, other) => {
  const { add, outcomes, chunked } = setUp();
  add(chunk('a', 0, 2, 6), 'abc');
  add(other, 'DEF');
  expect(outcomes.map((outcome) => (outcome as unknown[]).slice(0, 3))).toEqual([
    ['incomplete', [0], 'abc'],
    ['incomplete', [1], 'DEF'],
  ]);
  expect(chunked.waiting).toBe(0);
});

it('gives up the message that holds most before the broker stops sending, and keeps the others', () => {
  const { add, outcomes, chunked } = setUp(undefined, { held: 4 });
  add(chunk('small', 0, 2, 2), 's');
  for (let id = 0; id < 4; id++) add(chunk('endless', id, 60_000, 60_000), 'x');
  expect(outcomes).toEqual([['incomplete', [1, 2, 3, 4], 'xxxx', 'its chunks are too many to wait for the rest']]);
  expect([chunked.waiting, chunked.entries]).toEqual([1, 1]);
  add(chunk('small', 1, 2, 2), 'S');
  expect(outcomes.at(-1)).toEqual(['complete', [0, 5], 'sS']);
});

it('holds few entries also where one claims to be many messages: so many the broker counts', () => {
  const { add, outcomes } = setUp();
  add(chunk('a', 0, 2, 6, { batchSize: 50_000 }), 'abc');
  expect(outcomes).toEqual([['incomplete', [0], 'abc', 'its chunks are too many to wait for the rest']]);
});

it('keeps nothing of a chunk that is sent over and over', () => {
  const { add, outcomes, chunked } = setUp(undefined, { held: 4 });
  for (let time = 0; time < 10; time++) add(chunk('a', 0, 2, 6), 'abc');
  expect([outcomes.length, chunked.entries]).toEqual([9, 1]);
  add(chunk('a', 1, 2, 6), 'def');
  expect(outcomes.at(-1)).toEqual(['complete', [0, 10], 'abcdef']);
});

it('takes room by what came, not by what a chunk claims', () => {
  const { add, outcomes } = setUp(100);
  add(chunk('good', 0, 2, 6), 'abc');
  add(chunk('claims', 0, 2, 64 * 1024 * 1024), 'x');
  add(chunk('good', 1, 2, 6), 'def');
  expect(outcomes).toEqual([['complete', [0, 2], 'abcdef']]);
});
