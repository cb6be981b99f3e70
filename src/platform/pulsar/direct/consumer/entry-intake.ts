import { BatchReader, countSet } from '../codec/batch-reader.js';
import type { CommandPlace } from '../codec/commands.js';
import { decompress } from '../codec/decompress.js';
import { readAddress, readContent, type EntryAddress } from '../codec/entry-reader.js';
import type { MessageMetadata } from '../codec/message-metadata.js';
import type { ReceivedFailure } from '../../message-broker.port.js';
import { ChunkedMessages, type ChunkMemory, type ChunkOutcomes } from './chunked-messages.js';
import { DeliveredEntry, tooManyProperties, type EntryOrigin, type EntryPayload } from './delivered-entry.js';

/**
 * A batch of more messages than this stays one message where they are too short to be events: 900 bytes unpacked to 100,000 empty
 * ones, whose dead letters held up the topic for 18 s.
 */
export const MOST_SHORT_MESSAGES = 50_000;
/** With its size and metadata, six bytes, no event is shorter than `{"timestamp":0}`. */
export const SHORTEST_EVENT_BYTES = 21;

/** Gets entries once it is known what they hold. */
export interface EntryReceiver {
  /** The broker took so many permits for an entry that comes next, or that is held back as a chunk. */
  spent(permits: number): void;
  /** It is called in order of arrival, before anything else is said of the entry. */
  arrived(entry: DeliveredEntry): void;
  /** It has messages to hand out. */
  ready(entry: DeliveredEntry): void;
  /** Nothing in it is to be handed out. */
  empty(entry: DeliveredEntry): void;
}

/** Makes an entry whose messages can be handed out from a `MESSAGE` frame: it checks and unpacks it, and puts its chunks together. */
export class EntryIntake implements ChunkOutcomes {
  private readonly chunked: ChunkedMessages;

  constructor(
    private readonly receiver: EntryReceiver,
    memory: ChunkMemory,
  ) {
    this.chunked = new ChunkedMessages(memory, this);
  }

  /** A message waits for its next chunk. */
  get unfinished(): boolean {
    return this.chunked.waiting > 0;
  }

  /** The number of entries of messages that wait so. */
  get held(): number {
    return this.chunked.entries;
  }

  /** @returns false when the frame names no entry. Then nothing can be said of it, and nothing acknowledged */
  accept(frame: Buffer, { start, end: commandEnd, rest }: CommandPlace, end: number, origin: EntryOrigin): boolean {
    const address = readAddress(frame, start, commandEnd);
    if (address === null) return false;
    const content = readContent(frame, rest, end);
    const entry = new DeliveredEntry(origin, address);
    this.receiver.spent(permitsOf(address, 'failed' in content ? null : content.metadata));
    this.receiver.arrived(entry);
    if ('failed' in content) {
      const { failed: reason, detail, start: from } = content;
      entry.permitsUncertain = true;
      this.handOver(entry, { kind: 'single', data: frame.subarray(from, end), failure: { reason, detail } }, null);
      return true;
    }
    const { metadata, metadataStart, payload } = content;
    const data = frame.subarray(payload, end);
    const envelope = () => Buffer.from(frame.subarray(metadataStart, payload));
    try {
      this.open(entry, data, metadata, address.ackSet, envelope);
    } catch (error) {
      // One entry must never end the process, at this start and at every later one.
      if (entry.filled) throw error;
      entry.envelope = envelope();
      const detail = `the entry could not be opened: ${(error as Error).message}`;
      this.fail(entry, data, metadata, { reason: 'undecompressable', detail });
    }
    return true;
  }

  /** It must be called from time to time: it gives up messages that have waited for too long. */
  expire(): void {
    this.chunked.expire();
  }

  /** The connection has ended. */
  reset(): void {
    this.chunked.reset();
  }

  complete(entries: readonly DeliveredEntry[], data: Buffer, metadata: MessageMetadata): void {
    const last = entries.at(-1)!;
    last.chunks = entries.slice(0, -1);
    const { envelope } = last;
    last.envelope = null; // unless it turns out that the whole cannot be opened
    this.unpack(last, data, metadata, null, () => envelope);
  }

  incomplete(entries: readonly DeliveredEntry[], data: Buffer, metadata: MessageMetadata, detail: string): void {
    const last = entries.at(-1)!;
    last.chunks = entries.slice(0, -1);
    this.fail(last, data, metadata, { reason: 'chunk_incomplete', detail });
  }

  repeated(entry: DeliveredEntry): void {
    this.receiver.empty(entry);
  }

  tooLarge(entry: DeliveredEntry, data: Buffer, metadata: MessageMetadata): void {
    const { chunkId, chunks, totalChunkBytes } = metadata;
    const detail = `chunk ${chunkId} of ${chunks} of a message of ${totalChunkBytes} bytes: more than 64 MiB`;
    this.fail(entry, data, metadata, { reason: 'too_large', detail });
  }

  private open(
    entry: DeliveredEntry,
    data: Buffer,
    metadata: MessageMetadata,
    ackSet: EntryAddress['ackSet'],
    envelope: () => Buffer,
  ): void {
    const crowded = tooManyProperties(metadata.propertyCount);
    if (metadata.markerType !== null) this.receiver.empty(entry);
    else if (crowded !== null) {
      entry.envelope = envelope();
      this.fail(entry, data, metadata, crowded);
    }
    // Each chunk is encrypted by itself, and longer for it: without the key they are not put together.
    else if (metadata.uuid !== null && metadata.chunks > 1 && metadata.encryptionKeys === null) {
      entry.envelope = envelope();
      this.chunked.add(entry, data, metadata);
    } else this.unpack(entry, data, metadata, ackSet, envelope);
  }

  private unpack(
    entry: DeliveredEntry,
    packed: Buffer,
    metadata: MessageMetadata,
    ackSet: EntryAddress['ackSet'],
    envelope: () => Buffer | null,
  ): void {
    if (metadata.encryptionKeys !== null) {
      entry.envelope = envelope();
      return this.handOver(entry, { kind: 'single', data: packed, failure: null }, metadata);
    }
    if (metadata.nullValue && metadata.batchSize === null)
      return this.handOver(entry, { kind: 'single', data: packed.subarray(0, 0), failure: null }, metadata);
    const unpacked = decompress(packed, metadata.compression, metadata.uncompressedSize);
    if ('failed' in unpacked) {
      entry.envelope = envelope();
      return this.fail(entry, packed, metadata, { reason: unpacked.failed, detail: unpacked.detail });
    }
    const { data } = unpacked;
    if (metadata.batchSize === null) return this.handOver(entry, { kind: 'single', data, failure: null }, metadata);
    if (metadata.batchSize > MOST_SHORT_MESSAGES && data.length < metadata.batchSize * SHORTEST_EVENT_BYTES) {
      entry.envelope = envelope();
      const detail = `a batch of ${metadata.batchSize} messages in ${data.length} bytes: too short to be events`;
      return this.fail(entry, packed, metadata, { reason: 'too_large', detail });
    }
    const batch = new BatchReader(data, 0, data.length, metadata.batchSize, ackSet);
    const messages = batch.countMessages();
    if (messages === 0) return this.receiver.empty(entry);
    if (messages !== null)
      return this.handOver(entry, { kind: 'batch', batch, messages, bytes: batch.visibleBytes }, metadata);
    const detail = `a batch of ${metadata.batchSize} messages that cannot be taken apart`;
    entry.envelope = envelope();
    this.fail(entry, packed, metadata, { reason: 'undecompressable', detail });
  }

  private fail(entry: DeliveredEntry, data: Buffer, metadata: MessageMetadata, failure: ReceivedFailure): void {
    this.handOver(entry, { kind: 'single', data, failure }, metadata);
  }

  private handOver(entry: DeliveredEntry, payload: EntryPayload, metadata: MessageMetadata | null): void {
    entry.fill(payload, metadata);
    this.receiver.ready(entry);
  }
}

/** Counts permits by the broker's own rule, also for entries that are encrypted, broken or skipped. */
function permitsOf({ ackSet }: EntryAddress, metadata: MessageMetadata | null): number {
  if (ackSet !== null) return countSet(ackSet);
  return metadata?.batchSize ?? 1;
}
