import { crc32c } from './crc32c.js';
import { LARGEST_INT32, readMetadata, type MessageMetadata } from './message-metadata.js';
import { MESSAGES } from './protocol.js';
import { LENGTH_DELIMITED, ProtobufReader, VARINT } from './protobuf-reader.js';

/** These stand in front of the checksum, and in front of what the broker adds to an entry. */
const MAGIC_CHECKSUM = 0x0e01;
const MAGIC_BROKER_ENTRY = 0x0e02;

const MESSAGE_ID = MESSAGES.CommandMessage.message_id[0] * 8 + LENGTH_DELIMITED;
const ACK_SET = MESSAGES.CommandMessage.ack_set[0] * 8 + VARINT;
const PACKED_ACK_SET = MESSAGES.CommandMessage.ack_set[0] * 8 + LENGTH_DELIMITED;
const LEDGER = MESSAGES.MessageIdData.ledger_id[0] * 8 + VARINT;
const ENTRY = MESSAGES.MessageIdData.entry_id[0] * 8 + VARINT;

/** Which entry came, from the command in front of it. */
export interface EntryAddress {
  readonly ledger: number | bigint;
  readonly entry: number | bigint;
  /** If a batch is acknowledged in part: the bits of its messages that are not. */
  readonly ackSet: readonly (number | bigint)[] | null;
}

/** The part of a frame behind the command: metadata and payload, or why they cannot be told. */
export type EntryContent =
  | {
      readonly metadata: MessageMetadata;
      readonly metadataStart: number;
      /** Here the payload begins; it ends with the frame. */
      readonly payload: number;
    }
  | { readonly failed: 'checksum' | 'undecompressable'; readonly detail: string; readonly start: number };

/** One thread reads one frame at a time, so one reader is enough. */
const reader = new ProtobufReader();

/** @returns null when the command names no entry */
export function readAddress(bytes: Buffer, start: number, end: number): EntryAddress | null {
  try {
    let [ledger, entry]: (number | bigint | null)[] = [null, null];
    let ackSet: (number | bigint)[] | null = null;
    reader.at(bytes, start, end);
    while (reader.position < end) {
      const tag = reader.varint();
      if (tag === MESSAGE_ID) {
        const inner = reader.length();
        reader.end = inner;
        while (reader.position < inner) {
          const part = reader.varint();
          if (part === LEDGER) ledger = reader.uint64();
          else if (part === ENTRY) entry = reader.uint64();
          else reader.skip(part & 7);
        }
        reader.end = end;
      } else if (tag === ACK_SET) (ackSet ??= []).push(reader.uint64());
      else if (tag === PACKED_ACK_SET) {
        const inner = reader.length();
        while (reader.position < inner) (ackSet ??= []).push(reader.uint64());
      } else reader.skip(tag & 7);
    }
    return ledger === null || entry === null || ledger === undefined || entry === undefined
      ? null
      : { ledger, entry, ackSet };
  } catch {
    return null;
  }
}

/** Verifies and reads what stands behind the command, up to the payload. Never throws, never reads beyond `end`. */
export function readContent(bytes: Buffer, start: number, end: number): EntryContent {
  let at = start;
  if (magicAt(bytes, at, end) === MAGIC_BROKER_ENTRY) {
    if (at + 6 > end || at + 6 + bytes.readUInt32BE(at + 2) > end) return broken(start);
    at += 6 + bytes.readUInt32BE(at + 2);
  }
  if (magicAt(bytes, at, end) === MAGIC_CHECKSUM) {
    if (at + 6 > end) return broken(start);
    if (crc32c(bytes, at + 6, end) !== bytes.readUInt32BE(at + 2))
      return { failed: 'checksum', detail: 'its bytes are not those of its checksum', start: at };
    at += 6;
  }
  try {
    const size = reader.at(bytes, at, end).uint32();
    const metadataStart = at + 4;
    const payload = metadataStart + size;
    if (payload > end) return broken(start);
    const metadata = readMetadata(reader.at(bytes, metadataStart, payload));
    if (metadata.batchSize !== null && metadata.batchSize > LARGEST_INT32) return broken(start);
    return { metadata, metadataStart, payload };
  } catch {
    return broken(start);
  }
}

const magicAt = (bytes: Buffer, at: number, end: number) => (at + 2 <= end ? bytes.readUInt16BE(at) : 0);

const broken = (start: number): EntryContent => ({
  failed: 'undecompressable',
  detail: 'its metadata cannot be read',
  start,
});
