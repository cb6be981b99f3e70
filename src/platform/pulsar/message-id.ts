/*
 * The identity of a message, `ledger:entry:partition:batchIndex` with -1 where a part is absent, from both clients'
 * notations. Bytes are no identity: for the same unbatched message the WebSocket service writes `batch_size 0` and the
 * C++ client does not.
 */

import type { EntryId } from './message-broker.port.js';

const LEDGER = 1;
const ENTRY = 2;
const PARTITION = 3;
const BATCH_INDEX = 4;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/**
 * Decodes a protobuf `MessageIdData`, as base64 (WebSocket) or bytes. In a chunked message the outer fields are the
 * last chunk's; the first chunk is a nested message, which is skipped.
 * @throws Error when the bytes are no message id
 */
export function decodeMessageId(id: string | Buffer): string {
  const bytes = typeof id === 'string' ? Buffer.from(id, 'base64') : id;
  let ledger: number | bigint | undefined;
  let entry: number | bigint | undefined;
  let partition: number | bigint = -1;
  let batchIndex: number | bigint = -1;
  const reader = new VarintReader(bytes);
  while (reader.position < bytes.length) {
    const tag = Number(reader.next());
    const wireType = tag & 7;
    if (wireType === VARINT) {
      const value = reader.next();
      const field = tag >> 3;
      if (field === LEDGER) ledger = value;
      else if (field === ENTRY) entry = value;
      else if (field === PARTITION) partition = toInt32(value);
      else if (field === BATCH_INDEX) batchIndex = toInt32(value);
    } else if (wireType === LENGTH_DELIMITED) reader.skip(Number(reader.next()));
    else if (wireType === FIXED64) reader.skip(8);
    else if (wireType === FIXED32) reader.skip(4);
    else throw new Error(`not a message id: wire type ${wireType}`);
  }
  if (reader.position > bytes.length || ledger === undefined || entry === undefined)
    throw new Error('not a message id: ledger and entry are missing');
  return `${ledger}:${entry}:${partition}:${batchIndex}`;
}

/**
 * Reads what the native client's ids print: `(ledger,entry,partition,batchIndex)`, and `(first);(last)` for a message
 * in chunks, of which the last counts.
 * @throws Error when the text has another form
 */
export function parseNativeMessageId(text: string): string {
  const match = /\((\d+),(\d+),(-?\d+),(-?\d+)\)$/.exec(text);
  if (!match) throw new Error(`not a message id: ${text.slice(0, 80)}`);
  return `${match[1]}:${match[2]}:${match[3]}:${match[4]}`;
}

/** A negative result means that the first lies in front of the second. */
export const compareEntries = (one: EntryId, other: EntryId): number =>
  Number(one.ledger - other.ledger) || Number(one.entry - other.entry);

/** The partition in an identity; -1: the topic has no partitions. */
export const partitionOf = (messageId: string): number => Number(messageId.split(':', 3)[2]);

/** Negative int32 values travel as 64-bit varints. */
const toInt32 = (value: number | bigint): number =>
  typeof value === 'number' && value < 2 ** 31 ? value : Number(BigInt.asIntN(32, BigInt(value)));

class VarintReader {
  position = 0;

  constructor(private readonly bytes: Buffer) {}

  /** A plain number up to 2^49, which every real ledger is below and costs a tenth of a bigint; beyond, a bigint. */
  next(): number | bigint {
    let value = 0;
    let factor = 1;
    for (let read = 0; read < 7; read++) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
    let large = BigInt(value);
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      large |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, large);
    }
    throw new Error('not a message id: number too long');
  }

  skip(bytes: number): void {
    this.position += bytes;
  }

  private byte(): number {
    const byte = this.bytes[this.position++];
    if (byte === undefined) throw new Error('not a message id: cut short');
    return byte;
  }
}
