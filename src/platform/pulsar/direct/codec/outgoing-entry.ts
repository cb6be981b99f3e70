import type { OutgoingMessage } from '../../message-broker.port.js';
import { frameOf } from './commands.js';
import { crc32c } from './crc32c.js';
import { MESSAGES } from './protocol.js';
import { ProtobufWriter } from './protobuf-writer.js';

const MAGIC_CHECKSUM = 0x0e01;
/** Magic and checksum, in front of what the checksum covers. */
const COVERED_FROM = 6;

const METADATA = MESSAGES.MessageMetadata;
const SINGLE = MESSAGES.SingleMessageMetadata;
const SEND = MESSAGES.CommandSend;

export interface OutgoingEntry {
  readonly producerId: number;
  readonly producerName: string;
  /** The sequence id of the first message; those of the others follow. */
  readonly sequenceId: number;
  /** Epoch milliseconds. */
  readonly publishTime: number;
  /** One is sent by itself, more as a batch. */
  readonly messages: readonly OutgoingMessage[];
}

/** A whole frame that publishes the messages as one entry. */
export function encodeEntry({ producerId, producerName, sequenceId, publishTime, messages }: OutgoingEntry): Buffer {
  const [first] = messages;
  const batched = messages.length > 1;
  const last = sequenceId + messages.length - 1;
  const content = new ProtobufWriter(1024);
  content.uint16(MAGIC_CHECKSUM).uint32(0).uint32(0);
  const metadataStart = content.length;
  content
    .string(METADATA.producer_name[0], producerName)
    .number(METADATA.sequence_id[0], sequenceId)
    .number(METADATA.publish_time[0], publishTime);
  if (batched)
    content.number(METADATA.num_messages_in_batch[0], messages.length).number(METADATA.highest_sequence_id[0], last);
  else writeOwnFields(content, METADATA, first!);
  content.patch(metadataStart - 4, content.length - metadataStart);
  if (batched) messages.forEach((message, index) => writeBatched(content, message, sequenceId + index));
  else content.raw(first!.data);
  content.patch(2, crc32c(content.written(), COVERED_FROM, content.length));
  const command = (writer: ProtobufWriter) => {
    writer.number(SEND.producer_id[0], producerId).number(SEND.sequence_id[0], sequenceId);
    if (batched) writer.number(SEND.num_messages[0], messages.length).number(SEND.highest_sequence_id[0], last);
  };
  return frameOf('CommandSend', command, content.written());
}

function writeBatched(writer: ProtobufWriter, message: OutgoingMessage, sequenceId: number): void {
  writer.uint32(0);
  const start = writer.length;
  writeOwnFields(writer, SINGLE, message);
  writer.number(SINGLE.payload_size[0], message.data.length).number(SINGLE.sequence_id[0], sequenceId);
  writer.patch(start - 4, writer.length - start);
  writer.raw(message.data);
}

/** The fields of a message have other numbers in a batch. */
function writeOwnFields(
  writer: ProtobufWriter,
  fields: typeof METADATA | typeof SINGLE,
  { key, eventTime, properties }: OutgoingMessage,
): void {
  for (const [name, value] of Object.entries(properties ?? {})) {
    const start = writer.begin(fields.properties[0]);
    writer.string(MESSAGES.KeyValue.key[0], name).string(MESSAGES.KeyValue.value[0], value).end(start);
  }
  if (key !== undefined) writer.string(fields.partition_key[0], key);
  if (eventTime !== undefined) writer.number(fields.event_time[0], eventTime);
}
