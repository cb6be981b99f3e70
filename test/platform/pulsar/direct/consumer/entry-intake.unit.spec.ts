import { deflateSync } from 'node:zlib';
import { findCommand } from '../../../../../src/platform/pulsar/direct/codec/commands.js';
import { MOST_PROPERTIES } from '../../../../../src/platform/pulsar/direct/codec/message-metadata.js';
import { ProtobufReader } from '../../../../../src/platform/pulsar/direct/codec/protobuf-reader.js';
import { ChunkMemory } from '../../../../../src/platform/pulsar/direct/consumer/chunked-messages.js';
import type { DeliveredEntry } from '../../../../../src/platform/pulsar/direct/consumer/delivered-entry.js';
import { EntryIntake, MOST_BATCHED } from '../../../../../src/platform/pulsar/direct/consumer/entry-intake.js';
import { contentOf, messageFrame, metadataOf, withMetadata } from '../codec/frames.js';

const BATCH_SIZE = 11;
const COMPRESSION = 8;
const UNCOMPRESSED_SIZE = 9;
const ZLIB = 2;

/** The messages that are handed out of an entry of that content. */
function handedOut(content: Buffer) {
  const entries: DeliveredEntry[] = [];
  const intake = new EntryIntake(
    { spent: () => {}, arrived: () => {}, empty: () => {}, ready: (entry) => void entries.push(entry) },
    new ChunkMemory(),
  );
  const frame = messageFrame(content);
  const owner = { isCurrent: () => true, settle: () => {}, flush: () => {} };
  const origin = { topic: 'persistent://public/default/clicks', partition: -1, owner };
  intake.accept(frame, findCommand(new ProtobufReader(), frame, 4, frame.length)!, frame.length, origin);
  return entries.flatMap((entry) => Array.from({ length: entry.remaining }, () => entry.take()));
}

const properties = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, '']));
const as = (properties: Record<string, string>, text = '{}') => ({ data: Buffer.from(text), properties });

describe('a message with more properties than are read', () => {
  const tooLarge = {
    reason: 'too_large',
    detail: `the message has ${MOST_PROPERTIES + 1} properties; at most ${MOST_PROPERTIES} are read`,
  };

  it('keeps its bytes, and all of its metadata as they came', () => {
    const content = contentOf([as(properties(MOST_PROPERTIES + 1), '{"a":1}')]);
    const [message] = handedOut(content);
    expect(message).toMatchObject({ failure: tooLarge, data: Buffer.from('{"a":1}') });
    expect(message!.envelope).toEqual(metadataOf(content));
    expect(Object.keys(message!.properties)).toHaveLength(MOST_PROPERTIES);
  });

  it('harms none of its batch', () => {
    const content = contentOf([as({ a: '1' }), as(properties(MOST_PROPERTIES + 1)), as({ b: '2' })]);
    const messages = handedOut(content);
    expect(messages.map(({ failure }) => failure)).toEqual([null, tooLarge, null]);
    expect(messages.map(({ envelope }) => envelope?.includes(`p${MOST_PROPERTIES}`))).toEqual([
      undefined,
      true,
      undefined,
    ]);
    expect(messages[2]!.properties).toEqual({ b: '2' });
  });

  it('one fewer are read', () => {
    const messages = [[as(properties(MOST_PROPERTIES))], [as(properties(MOST_PROPERTIES)), as({})]].flatMap((some) =>
      handedOut(contentOf(some)),
    );
    expect(messages.map(({ failure, envelope }) => failure ?? envelope)).toEqual([null, null, null]);
  });
});

describe('a batch', () => {
  /** Of messages without a byte, which compress best. */
  const batchOf = (count: number) => {
    const unpacked = Buffer.alloc(4 * count);
    return withMetadata(contentOf([{ data: deflateSync(unpacked) }]), (writer) =>
      writer.number(COMPRESSION, ZLIB).number(UNCOMPRESSED_SIZE, unpacked.length).number(BATCH_SIZE, count),
    );
  };

  it('of more messages than are taken apart is one message, packed as it came', () => {
    const content = batchOf(MOST_BATCHED + 1);
    const messages = handedOut(content);
    expect(messages).toMatchObject([
      { failure: { reason: 'too_large' }, data: deflateSync(Buffer.alloc(4 * (MOST_BATCHED + 1))) },
    ]);
    expect(messages[0]!.envelope).toEqual(metadataOf(content));
  });

  it('of as many is taken apart', () => {
    expect(handedOut(batchOf(MOST_BATCHED))).toHaveLength(MOST_BATCHED);
  });
});
