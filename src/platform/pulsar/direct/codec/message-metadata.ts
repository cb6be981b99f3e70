import { MESSAGES } from './protocol.js';
import { LENGTH_DELIMITED, ProtobufReader, VARINT } from './protobuf-reader.js';

const NONE: Readonly<Record<string, string>> = Object.freeze({});
/** A message with more properties is not opened: 300,000 of them, in 5 MB, held up everything else for four seconds. */
export const MOST_PROPERTIES = 10_000;
/** The largest `int32`: a negative one comes as a number above it. */
export const LARGEST_INT32 = 2 ** 31 - 1;

const varint = (message: Readonly<Record<string, readonly [number, string]>>, field: string) =>
  message[field]![0] * 8 + VARINT;
const delimited = (message: Readonly<Record<string, readonly [number, string]>>, field: string) =>
  message[field]![0] * 8 + LENGTH_DELIMITED;

// They are constants, so that a switch over them costs nothing.
const METADATA = MESSAGES.MessageMetadata;
const PUBLISH_TIME = varint(METADATA, 'publish_time');
const PROPERTIES = delimited(METADATA, 'properties');
const REPLICATED_FROM = delimited(METADATA, 'replicated_from');
const PARTITION_KEY = delimited(METADATA, 'partition_key');
const COMPRESSION = varint(METADATA, 'compression');
const UNCOMPRESSED_SIZE = varint(METADATA, 'uncompressed_size');
const NUM_MESSAGES_IN_BATCH = varint(METADATA, 'num_messages_in_batch');
const EVENT_TIME = varint(METADATA, 'event_time');
const ENCRYPTION_KEYS = delimited(METADATA, 'encryption_keys');
const ENCRYPTION_ALGO = delimited(METADATA, 'encryption_algo');
const ENCRYPTION_PARAM = delimited(METADATA, 'encryption_param');
const SCHEMA_VERSION = delimited(METADATA, 'schema_version');
const MARKER_TYPE = varint(METADATA, 'marker_type');
const NULL_VALUE = varint(METADATA, 'null_value');
const UUID = delimited(METADATA, 'uuid');
const NUM_CHUNKS = varint(METADATA, 'num_chunks_from_msg');
const TOTAL_CHUNK_SIZE = varint(METADATA, 'total_chunk_msg_size');
const CHUNK_ID = varint(METADATA, 'chunk_id');

const KEY = delimited(MESSAGES.KeyValue, 'key');
const VALUE = delimited(MESSAGES.KeyValue, 'value');

export interface EncryptionKey {
  readonly name: string;
  readonly value: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The metadata that a producer sends with an entry: one message, a batch, or a chunk. */
export class MessageMetadata {
  /** Epoch milliseconds, rounded once where 64 bits hold more than a double. */
  publishTime = NaN;
  eventTime = 0;
  properties: Readonly<Record<string, string>> = NONE;
  /** How many came; above `MOST_PROPERTIES` the further ones are left out. */
  propertyCount = 0;
  replicatedFrom: string | null = null;
  key: string | null = null;
  compression = 0;
  uncompressedSize = 0;
  /** Messages in the batch; null: one message, and no batch. */
  batchSize: number | null = null;
  /** The broker's own entries (of transactions, of replicated subscriptions) have one. */
  markerType: number | null = null;
  nullValue = false;
  schemaVersion: Buffer | null = null;
  encryptionKeys: EncryptionKey[] | null = null;
  encryptionAlgorithm: string | null = null;
  encryptionParameters: Buffer | null = null;
  /** Names the message that this is a chunk of. */
  uuid: string | null = null;
  chunks = 0;
  chunkId = 0;
  totalChunkBytes = 0;
}

/** Epoch milliseconds of a 64-bit time, which Java's clients write signed. */
export const timeOf = (value: number | bigint): number =>
  typeof value === 'number' ? value : Number(BigInt.asIntN(64, value));

/** @throws MalformedBytes */
export function readMetadata(reader: ProtobufReader): MessageMetadata {
  const metadata = new MessageMetadata();
  while (reader.position < reader.end) {
    const tag = reader.varint();
    switch (tag) {
      case PUBLISH_TIME:
        metadata.publishTime = timeOf(reader.uint64());
        break;
      case NUM_MESSAGES_IN_BATCH:
        metadata.batchSize = reader.varint();
        break;
      case COMPRESSION:
        metadata.compression = reader.varint();
        break;
      case UNCOMPRESSED_SIZE:
        metadata.uncompressedSize = reader.varint();
        break;
      case EVENT_TIME:
        metadata.eventTime = timeOf(reader.uint64());
        break;
      case PARTITION_KEY:
        metadata.key = reader.string();
        break;
      case PROPERTIES:
        if (++metadata.propertyCount > MOST_PROPERTIES) skipProperty(reader);
        else metadata.properties = addProperty(metadata.properties, reader);
        break;
      case NULL_VALUE:
        metadata.nullValue = reader.varint() !== 0;
        break;
      default:
        readRareField(metadata, tag, reader);
    }
  }
  return metadata;
}

function readRareField(metadata: MessageMetadata, tag: number, reader: ProtobufReader): void {
  if (tag === REPLICATED_FROM) metadata.replicatedFrom = reader.string();
  else if (tag === MARKER_TYPE) metadata.markerType = reader.varint();
  else if (tag === SCHEMA_VERSION) metadata.schemaVersion = readBytes(reader);
  else if (tag === UUID) metadata.uuid = reader.string();
  else if (tag === NUM_CHUNKS) metadata.chunks = reader.varint();
  else if (tag === TOTAL_CHUNK_SIZE) metadata.totalChunkBytes = reader.varint();
  else if (tag === CHUNK_ID) metadata.chunkId = reader.varint();
  else if (tag === ENCRYPTION_ALGO) metadata.encryptionAlgorithm = reader.string();
  else if (tag === ENCRYPTION_PARAM) metadata.encryptionParameters = readBytes(reader);
  else if (tag === ENCRYPTION_KEYS) (metadata.encryptionKeys ??= []).push(readEncryptionKey(reader));
  else reader.skip(tag & 7);
}

/** A copy: a few bytes must not keep their frame in memory. */
function readBytes(reader: ProtobufReader): Buffer {
  const end = reader.length();
  const bytes = Buffer.from(reader.bytes.subarray(reader.position, end));
  reader.position = end;
  return bytes;
}

function readEncryptionKey(reader: ProtobufReader): EncryptionKey {
  const [NAME, KEY_VALUE, KEY_METADATA] = (['key', 'value', 'metadata'] as const).map((field) =>
    delimited(MESSAGES.EncryptionKeys, field),
  );
  let [name, value, metadata] = ['', Buffer.alloc(0) as Buffer, NONE];
  within(reader, (tag) => {
    if (tag === NAME) name = reader.string();
    else if (tag === KEY_VALUE) value = readBytes(reader);
    else if (tag === KEY_METADATA) metadata = addProperty(metadata, reader);
    else reader.skip(tag & 7);
  });
  return { name, value, metadata };
}

/** @returns the properties with one more, read from a `KeyValue`; the frozen empty object is replaced first */
export function addProperty(
  properties: Readonly<Record<string, string>>,
  reader: ProtobufReader,
): Readonly<Record<string, string>> {
  const target: Record<string, string> = properties === NONE ? {} : properties;
  let [key, value] = ['', ''];
  const end = reader.length();
  const outer = reader.end;
  reader.end = end;
  while (reader.position < end) {
    const tag = reader.varint();
    if (tag === KEY) key = reader.string();
    else if (tag === VALUE) value = reader.string();
    else reader.skip(tag & 7);
  }
  reader.end = outer;
  // An assignment under that name would set the prototype, and lose the property.
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
  return target;
}

/** Skips as far as `addProperty()` would read. */
export const skipProperty = (reader: ProtobufReader): void => within(reader, (tag) => reader.skip(tag & 7));

export const noProperties = (): Readonly<Record<string, string>> => NONE;

/** Reads a nested message, field by field. */
function within(reader: ProtobufReader, field: (tag: number) => void): void {
  const end = reader.length();
  const outer = reader.end;
  reader.end = end;
  while (reader.position < end) field(reader.varint());
  reader.end = outer;
}
