import { deflateSync } from 'node:zlib';
import { findCommand } from '../../../../../src/platform/pulsar/direct/codec/commands.js';
import { MOST_PROPERTIES } from '../../../../../src/platform/pulsar/direct/codec/message-metadata.js';
import { ProtobufReader } from '../../../../../src/platform/pulsar/direct/codec/protobuf-reader.js';
import { ChunkMemory } from '../../../../../src/platform/pulsar/direct/consumer/chunked-messages.js';
import type { DeliveredEntry } from '../../../../../src/platform/pulsar/direct/consumer/delivered-entry.js';
import {
  EntryIntake,
  MOST_SHORT_MESSAGES,
  SHORTEST_EVENT_BYTES,
} from '../../../../../src/platform/pulsar/direct/consumer/entry-intake.js';
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
  /** A size of four bytes, no metadata, and no payload: such messages compress best. */
  const NOTHING = Buffer.alloc(4);
  const PAYLOAD_SIZE = 3;
  const event = Buffer.concat([Buffer.from([0, 0, 0, 2, PAYLOAD_SIZE << 3, 15]), Buffer.from('{"timestamp":0}')]);
  const batchOf = (count: number, message: Buffer) => {
    const unpacked = Buffer.alloc(count * message.length, message);
    const packed = deflateSync(unpacked);
    const content = withMetadata(contentOf([{ data: packed }]), (writer) =>
      writer.number(COMPRESSION, ZLIB).number(UNCOMPRESSED_SIZE, unpacked.length).number(BATCH_SIZE, count),
    );
    return { content, packed };
  };

  it('of more messages than that, too short to be events, is one message, packed as it came', () => {
    const { content, packed } = batchOf(MOST_SHORT_MESSAGES + 1, NOTHING);
    const messages = handedOut(content);
    expect(messages).toMatchObject([{ failure: { reason: 'too_large' }, data: packed }]);
    expect(messages[0]!.envelope).toEqual(metadataOf(content));
  });

  it('of as many is taken apart', () => {
    expect(handedOut(batchOf(MOST_SHORT_MESSAGES, NOTHING).content)).toHaveLength(MOST_SHORT_MESSAGES);
  });

  it('of more of the shortest events is taken apart', () => {
    expect(event).toHaveLength(SHORTEST_EVENT_BYTES);
    const messages = handedOut(batchOf(MOST_SHORT_MESSAGES + 1, event).content);
    expect(messages).toHaveLength(MOST_SHORT_MESSAGES + 1);
    expect(messages.at(-1)).toMatchObject({ failure: null, data: Buffer.from('{"timestamp":0}') });
  });
});
