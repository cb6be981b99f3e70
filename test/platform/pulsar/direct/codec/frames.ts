import { encodeEntry, type OutgoingEntry } from '../../../../../src/platform/pulsar/direct/codec/outgoing-entry.js';
import { frameOf } from '../../../../../src/platform/pulsar/direct/codec/commands.js';
import { crc32c } from '../../../../../src/platform/pulsar/direct/codec/crc32c.js';
import { MESSAGES } from '../../../../../src/platform/pulsar/direct/codec/protocol.js';
import { ProtobufWriter } from '../../../../../src/platform/pulsar/direct/codec/protobuf-writer.js';

const MESSAGE = MESSAGES.CommandMessage;
const MESSAGE_ID = MESSAGES.MessageIdData;

export interface Delivery {
  readonly ledger?: number | bigint;
  readonly entry?: number | bigint;
  readonly ackSet?: readonly (number | bigint)[];
}

/** A frame as a broker sends it for an entry of that content: magic, checksum, metadata, payload. */
export const messageFrame = (content: Buffer, { ledger = 7, entry = 0, ackSet = [] }: Delivery = {}): Buffer =>
  frameOf(
    'CommandMessage',
    (writer) => {
      writer.number(MESSAGE.consumer_id[0], 1);
      const id = writer.begin(MESSAGE.message_id[0]);
      writer.number(MESSAGE_ID.ledger_id[0], ledger).number(MESSAGE_ID.entry_id[0], entry).end(id);
      for (const word of ackSet) writer.number(MESSAGE.ack_set[0], word);
    },
    content,
  );

/** The bytes that a producer sends behind its command, and that the broker stores. */
export function contentOf(messages: OutgoingEntry['messages'], more: Partial<OutgoingEntry> = {}): Buffer {
  const frame = encodeEntry({
    producerId: 1,
    producerName: 'test',
    sequenceId: 0,
    publishTime: 1_768_478_400_123,
    messages,
    ...more,
  });
  return frame.subarray(8 + frame.readUInt32BE(4));
}

/** The same content with more fields in its metadata. */
export function withMetadata(content: Buffer, write: (writer: ProtobufWriter) => void): Buffer {
  const more = new ProtobufWriter();
  write(more);
  const metadata = Buffer.concat([metadataOf(content), more.written()]);
  const sealed = Buffer.concat([content.subarray(0, 10), metadata, content.subarray(10 + content.readUInt32BE(6))]);
  sealed.writeUInt32BE(metadata.length, 6);
  sealed.writeUInt32BE(crc32c(sealed, 6, sealed.length), 2);
  return sealed;
}

/** Behind magic, checksum and its own size. */
export const metadataOf = (content: Buffer): Buffer => content.subarray(10, 10 + content.readUInt32BE(6));
