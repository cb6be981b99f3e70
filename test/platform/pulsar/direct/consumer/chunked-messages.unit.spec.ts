import { MessageMetadata } from '../../../../../src/platform/pulsar/direct/codec/message-metadata.js';
import { ChunkedMessages, ChunkMemory } from '../../../../../src/platform/pulsar/direct/consumer/chunked-messages.js';
import { DeliveredEntry } from '../../../../../src/platform/pulsar/direct/consumer/delivered-entry.js';

const owner = { isCurrent: () => true, settle: () => undefined, flush: () => undefined };
const origin = { topic: 't', partition: -1, owner };

function chunk(uuid: string, chunkId: number, chunks: number, totalChunkBytes: number): MessageMetadata {
  return Object.assign(new MessageMetadata(), { uuid, chunkId, chunks, totalChunkBytes });
}

function setUp(memoryBytes?: number, most?: number) {
  const outcomes: unknown[] = [];
  let [time, entry] = [0, 0];
  const ids = (entries: readonly DeliveredEntry[]) => entries.map(({ entry: id }) => id);
  const chunked = new ChunkedMessages(
    new ChunkMemory(memoryBytes, most),
    {
      complete: (entries, data) => outcomes.push(['complete', ids(entries), data.toString()]),
      incomplete: (entries, data, _metadata, detail) =>
        outcomes.push(['incomplete', ids(entries), data.toString(), detail]),
      tooLarge: (one) => outcomes.push(['too large', one.entry]),
    },
    () => time,
  );
  const add = (metadata: MessageMetadata, payload: string) =>
    chunked.add(new DeliveredEntry(origin, { ledger: 1, entry: entry++ }), Buffer.from(payload), metadata);
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
    ['complete', [1, 3], 'ABCD'],
    ['complete', [0, 2, 4], 'abcdef'],
  ]);
  expect(chunked.waiting).toBe(0);
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
  const { add, outcomes } = setUp(10);
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
  const { add, outcomes } = setUp(1_000, 2);
  for (const uuid of ['a', 'b', 'c']) add(chunk(uuid, 0, 2, 2), uuid);
  expect(outcomes).toEqual([['incomplete', [0], 'a', 'the room for messages in chunks went to younger ones']]);
  add(chunk('b', 1, 2, 2), 'B');
  expect(outcomes.at(-1)).toEqual(['complete', [1, 3], 'bB']);
});
