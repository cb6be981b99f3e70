import { deflateSync } from 'node:zlib';
import { encodeFields, type WireFields } from './wire.js';

/** One message as a broker takes it. */
export interface Envelope {
  readonly payload: Buffer;
  /** Further fields of `MessageMetadata`, by their numbers. */
  readonly fields?: WireFields;
  /** Epoch milliseconds, as far as the producer knows. */
  readonly publishTime?: number | bigint;
  readonly producer?: string;
  readonly sequence?: bigint;
  /** The payload is a batch of `messages`. */
  readonly batch?: boolean;
  readonly messages?: number;
  readonly chunk?: { readonly uuid: string; readonly index: number; readonly of: number; readonly bytes: number };
  /** Names the version of the schema that the producer registered. */
  readonly withSchema?: boolean;
}

/** The metadata that a producer tells the broker about its payloads. */
export interface Schema {
  /** 1: text, 2: JSON, 4: Avro. */
  readonly type: 1 | 2 | 4;
  readonly definition: string;
}

/** Numbers of the fields of `MessageMetadata`. */
export const FIELD = {
  property: 4,
  replicatedFrom: 5,
  key: 6,
  compression: 8,
  uncompressedSize: 9,
  eventTime: 12,
  encryptionKey: 13,
  encryptionAlgorithm: 14,
  encryptionParameter: 15,
  schemaVersion: 16,
  keyIsBase64: 17,
  orderingKey: 18,
  deliverAt: 19,
  nullKey: 30,
} as const;

export const property = (name: string | Buffer, value: string | Buffer) =>
  [FIELD.property, encodeFields([[1, name], [2, value]])] as const; // prettier-ignore

/** A message of a batch: its bytes behind a metadata of their own. */
export function batched(payload: Buffer, fields: WireFields = []): Buffer {
  const metadata = encodeFields([[3, payload.length], ...fields]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(metadata.length);
  return Buffer.concat([size, metadata, payload]);
}

/**
 * The four of Pulsar, by their number. Those that Node 20 does not have are written as blocks of literals, which every
 * decoder must read.
 */
export const COMPRESSIONS: Readonly<
  Record<string, { readonly number: number; readonly compress: (bytes: Buffer) => Buffer }>
> = {
  LZ4: { number: 1, compress: lz4 },
  ZLIB: { number: 2, compress: (bytes) => deflateSync(bytes) },
  ZSTD: { number: 3, compress: zstd },
  SNAPPY: { number: 4, compress: snappy },
};

export const compressed = (name: string, payload: Buffer): { payload: Buffer; fields: WireFields } => {
  const { number, compress } = COMPRESSIONS[name]!;
  const fields = [[FIELD.compression, number], [FIELD.uncompressedSize, payload.length]] as const; // prettier-ignore
  return { payload: compress(payload), fields };
};

function lz4(bytes: Buffer): Buffer {
  const length: number[] = [];
  let rest = bytes.length - 15;
  for (; rest >= 255; rest -= 255) length.push(255);
  if (rest >= 0) length.push(rest);
  return Buffer.concat([Buffer.from([Math.min(15, bytes.length) << 4, ...length]), bytes]);
}

/** A frame of one segment with one raw block, at most 128 kB. */
function zstd(bytes: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt32LE(0xfd2fb528);
  head[4] = 0b1010_0000; // four bytes of size, a single segment
  head.writeUInt32LE(bytes.length, 5);
  head.writeUIntLE((bytes.length << 3) | 1, 9, 3);
  return Buffer.concat([head, bytes]);
}

function snappy(bytes: Buffer): Buffer {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest > 0x7f; rest >>>= 7) length.push((rest & 0x7f) | 0x80);
  length.push(rest);
  const tag = Buffer.from([61 << 2, 0, 0]); // a literal whose length less 1 follows in two bytes
  tag.writeUInt16LE(bytes.length - 1, 1);
  return Buffer.concat([Buffer.from(length), tag, bytes]);
}
