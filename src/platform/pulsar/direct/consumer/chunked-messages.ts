import type { MessageMetadata } from '../codec/message-metadata.js';
import type { DeliveredEntry } from './delivered-entry.js';

/** The most bytes of messages in chunks that are being put together, of all topics; a message that claims more is too large by itself. */
export const CHUNK_MEMORY_BYTES = 64 * 1024 * 1024;
/**
 * The most of these at once, of all topics: far more than producers have in the making, and far fewer than the 50,000 messages that a
 * broker lets a consumer hold before it sends no more.
 */
export const MOST_UNFINISHED = 1_000;
/** A producer that has not sent the next chunk within this time does not send it. */
const UNFINISHED_MS = 10 * 60_000;

interface Unfinished {
  readonly uuid: string;
  readonly metadata: MessageMetadata;
  readonly data: Buffer;
  readonly entries: DeliveredEntry[];
  readonly startedAt: number;
  readonly giveUp: (detail: string) => void;
  filled: number;
  nextChunk: number;
}

/** Memory for chunks, shared by all consumers of the process. The oldest message has to go when a new one does not fit. */
export class ChunkMemory {
  private readonly unfinished = new Set<Unfinished>();
  private used = 0;

  constructor(
    private readonly bytes = CHUNK_MEMORY_BYTES,
    private readonly most = MOST_UNFINISHED,
  ) {}

  /** Evicts until it fits. */
  hold(message: Unfinished): void {
    for (const oldest of this.unfinished) {
      if (this.used + message.data.length <= this.bytes && this.unfinished.size < this.most) break;
      oldest.giveUp('the room for messages in chunks went to younger ones');
    }
    this.unfinished.add(message);
    this.used += message.data.length;
  }

  release(message: Unfinished): void {
    if (this.unfinished.delete(message)) this.used -= message.data.length;
  }
}

/** Hears what becomes of chunks. */
export interface ChunkOutcomes {
  /** The last entry stands for the message; the earlier ones are its chunks. */
  complete(entries: readonly DeliveredEntry[], data: Buffer, metadata: MessageMetadata): void;
  /** Gets what there is of a message that will not be complete. */
  incomplete(entries: readonly DeliveredEntry[], data: Buffer, metadata: MessageMetadata, detail: string): void;
  tooLarge(entry: DeliveredEntry, data: Buffer, metadata: MessageMetadata): void;
}

/** Puts the messages of one connection together that came in chunks. */
export class ChunkedMessages {
  private readonly unfinished = new Map<string, Unfinished>();

  constructor(
    private readonly memory: ChunkMemory,
    private readonly outcomes: ChunkOutcomes,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Messages that wait for their next chunk. */
  get waiting(): number {
    return this.unfinished.size;
  }

  /** @param metadata of the chunk, which has a `uuid` */
  add(entry: DeliveredEntry, payload: Buffer, metadata: MessageMetadata): void {
    const { chunkId, chunks, totalChunkBytes } = metadata;
    if (totalChunkBytes > CHUNK_MEMORY_BYTES) return this.outcomes.tooLarge(entry, payload, metadata);
    const message = this.unfinished.get(metadata.uuid!) ?? (chunkId === 0 ? this.begin(metadata) : null);
    if (message === null)
      return this.outcomes.incomplete(
        [entry],
        payload,
        metadata,
        `chunk ${chunkId} of ${chunks}, without those before`,
      );
    // A producer repeats what it does not know to be stored.
    if (chunkId >= message.nextChunk) {
      if (chunkId > message.nextChunk || message.filled + payload.length > message.data.length) {
        const detail = `chunk ${chunkId} of ${chunks} does not fit the others`;
        if (message.entries.length > 0) message.giveUp(detail);
        else this.end(message); // its first chunk is longer than all of it claims to be
        return this.outcomes.incomplete([entry], payload, metadata, detail);
      }
      message.filled += payload.copy(message.data, message.filled);
      message.nextChunk = chunkId + 1;
    }
    message.entries.push(entry);
    if (message.nextChunk < message.metadata.chunks) return;
    if (message.filled < message.data.length) return message.giveUp('its chunks are shorter than it claims to be');
    this.end(message);
    this.outcomes.complete(message.entries, message.data, message.metadata);
  }

  /** Gives up what has waited for too long. */
  expire(): void {
    for (const message of [...this.unfinished.values()])
      if (this.now() - message.startedAt > UNFINISHED_MS) message.giveUp('no further chunk came within 10 minutes');
  }

  /** The connection is gone: all chunks come again. */
  reset(): void {
    for (const message of [...this.unfinished.values()]) this.end(message);
  }

  private begin(metadata: MessageMetadata): Unfinished {
    const message: Unfinished = {
      uuid: metadata.uuid!,
      metadata,
      data: Buffer.allocUnsafeSlow(metadata.totalChunkBytes),
      entries: [],
      startedAt: this.now(),
      giveUp: (detail) => {
        this.end(message);
        this.outcomes.incomplete(message.entries, message.data.subarray(0, message.filled), metadata, detail);
      },
      filled: 0,
      nextChunk: 0,
    };
    this.memory.hold(message);
    this.unfinished.set(message.uuid, message);
    return message;
  }

  private end(message: Unfinished): void {
    this.unfinished.delete(message.uuid);
    this.memory.release(message);
  }
}
