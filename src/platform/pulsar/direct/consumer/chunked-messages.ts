import type { MessageMetadata } from '../codec/message-metadata.js';
import type { DeliveredEntry } from './delivered-entry.js';

/** The most bytes of chunks that wait for the rest of their message, of all topics; a message that claims more is too large by itself. */
export const CHUNK_MEMORY_BYTES = 64 * 1024 * 1024;
/** The most messages in the making at once, of one topic or partition: far more than producers have. */
export const MOST_UNFINISHED = 1_000;
/**
 * The most chunks that are held, of one topic or partition, as the broker counts messages: far fewer than the 50,000 unacknowledged ones with which it
 * stops sending to a consumer. A message of 64 MiB has 13 chunks, as producers cut them.
 */
export const MOST_HELD = 10_000;
/** A producer that has not sent the next chunk within this time does not send it. */
const UNFINISHED_MS = 10 * 60_000;

interface Chunk {
  readonly entry: DeliveredEntry;
  readonly data: Buffer;
}

interface Unfinished {
  /** The metadata of its first chunk. */
  readonly metadata: MessageMetadata;
  /** Its chunks from the first on, without a gap. */
  readonly chunks: Chunk[];
  /** The entries of the chunks, and those of them that were delivered again. */
  readonly entries: DeliveredEntry[];
  readonly startedAt: number;
  readonly giveUp: (detail: string) => void;
  /** The bytes that came; what it claims to become takes no room. */
  bytes: number;
  /** The number of its entries, as the broker counts messages. */
  held: number;
}

/** Memory for chunks, shared by all consumers of the process. The oldest messages have to go when a chunk does not fit. */
export class ChunkMemory {
  private readonly unfinished = new Set<Unfinished>();
  private used = 0;

  constructor(private readonly bytes = CHUNK_MEMORY_BYTES) {}

  /** Makes room for more bytes of a message: evicts others until they fit. */
  hold(message: Unfinished, bytes: number): void {
    for (const oldest of this.unfinished) {
      if (this.used + bytes <= this.bytes) break;
      if (oldest !== message) oldest.giveUp(NO_ROOM);
    }
    this.unfinished.add(message);
    this.used += bytes;
  }

  release(message: Unfinished): void {
    if (this.unfinished.delete(message)) this.used -= message.bytes;
  }
}

const NO_ROOM = 'the room for messages in chunks went to younger ones';

/** Hears what becomes of chunks. */
export interface ChunkOutcomes {
  /** The last entry stands for the message; the earlier ones are its chunks. */
  complete(entries: readonly DeliveredEntry[], data: Buffer, metadata: MessageMetadata): void;
  /** Gets what there is of a message that will not be complete. */
  incomplete(entries: readonly DeliveredEntry[], data: Buffer, metadata: MessageMetadata, detail: string): void;
  /** Gets a chunk that is there already and was stored once more: nothing in it is needed. */
  repeated(entry: DeliveredEntry): void;
  tooLarge(entry: DeliveredEntry, data: Buffer, metadata: MessageMetadata): void;
}

/**
 * Puts messages together that came in chunks over one connection. They are told apart by a `uuid`, which producers make of
 * their name and a number, and by the cluster that they were replicated from, since names are unique within a cluster only. A
 * producer that is started again under its name counts from the beginning. So a first chunk with
 * other bytes or metadata than the one that is there is another message. A producer that does not know whether a chunk is
 * stored sends it once more as it was.
 */
export class ChunkedMessages {
  private readonly unfinished = new Map<string, Unfinished>();
  /** The number of all their entries, as the broker counts messages. */
  private held = 0;

  constructor(
    private readonly memory: ChunkMemory,
    private readonly outcomes: ChunkOutcomes,
    private readonly bounds = { unfinished: MOST_UNFINISHED, held: MOST_HELD },
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Messages that wait for their next chunk. */
  get waiting(): number {
    return this.unfinished.size;
  }

  /** The number of entries that are held for them. */
  get entries(): number {
    let count = 0;
    for (const { entries } of this.unfinished.values()) count += entries.length;
    return count;
  }

  /** @param metadata of the chunk, which has a `uuid` */
  add(entry: DeliveredEntry, payload: Buffer, metadata: MessageMetadata): void {
    const { chunkId, chunks, totalChunkBytes } = metadata;
    if (totalChunkBytes > CHUNK_MEMORY_BYTES) return this.outcomes.tooLarge(entry, payload, metadata);
    const message = this.unfinished.get(nameOf(metadata));
    const before = message?.chunks[chunkId];
    if (message && before && isSameEntry(before.entry, entry)) return this.keep(message, entry, metadata, null);
    if (before && isSameChunk(before, entry, payload)) return this.outcomes.repeated(entry);
    if (message && chunkId > 0 && continues(message, payload, metadata))
      return this.keep(message, entry, metadata, payload);

    const detail = `chunk ${chunkId} of ${chunks} does not fit the others`;
    message?.giveUp(chunkId === 0 ? 'another message of the same uuid began' : detail);
    if (chunkId === 0 && payload.length <= totalChunkBytes)
      return this.keep(this.begin(metadata), entry, metadata, payload);
    const alone = chunkId > 0 && !message;
    const missing = `chunk ${chunkId} of ${chunks}, without those before`;
    this.outcomes.incomplete([entry], payload, metadata, alone ? missing : detail);
  }

  /** Gives up what has waited for too long. */
  expire(): void {
    for (const message of [...this.unfinished.values()])
      if (this.now() - message.startedAt > UNFINISHED_MS) message.giveUp('no further chunk came within 10 minutes');
  }

  /** The connection has ended. All chunks come again. */
  reset(): void {
    for (const message of [...this.unfinished.values()]) this.end(message);
  }

  private begin(metadata: MessageMetadata): Unfinished {
    for (const oldest of this.unfinished.values()) {
      if (this.unfinished.size < this.bounds.unfinished) break;
      oldest.giveUp(NO_ROOM);
    }
    const message: Unfinished = {
      metadata,
      chunks: [],
      entries: [],
      startedAt: this.now(),
      giveUp: (detail) => {
        this.end(message);
        this.outcomes.incomplete(message.entries, dataOf(message), metadata, detail);
      },
      bytes: 0,
      held: 0,
    };
    this.unfinished.set(nameOf(metadata), message);
    return message;
  }

  /** @param payload null: it is there already, and settled with the message */
  private keep(message: Unfinished, entry: DeliveredEntry, metadata: MessageMetadata, payload: Buffer | null): void {
    message.entries.push(entry);
    const messages = Math.max(1, metadata.batchSize ?? 1);
    message.held += messages;
    this.held += messages;
    if (payload !== null) {
      this.memory.hold(message, payload.length);
      message.bytes += payload.length;
      message.chunks.push({ entry, data: Buffer.from(payload) }); // a copy: it must not keep the frame
    }
    if (message.chunks.length >= message.metadata.chunks) this.finish(message);
    while (this.held > this.bounds.held) this.largest().giveUp('its chunks are too many to wait for the rest');
  }

  private finish(message: Unfinished): void {
    const { metadata, bytes, entries } = message;
    if (bytes < metadata.totalChunkBytes) return message.giveUp('its chunks are shorter than it claims to be');
    this.end(message);
    this.outcomes.complete(entries, dataOf(message), metadata);
  }

  private largest(): Unfinished {
    return [...this.unfinished.values()].reduce((one, other) => (other.held > one.held ? other : one));
  }

  private end(message: Unfinished): void {
    this.unfinished.delete(nameOf(message.metadata));
    this.held -= message.held;
    this.memory.release(message);
  }
}

const dataOf = ({ chunks, bytes }: Unfinished): Buffer =>
  Buffer.concat(
    chunks.map(({ data }) => data),
    bytes,
  );

/** Whether it is the next chunk of the message. */
const continues = ({ chunks, metadata, bytes }: Unfinished, payload: Buffer, next: MessageMetadata): boolean =>
  next.chunkId === chunks.length &&
  next.chunks === metadata.chunks &&
  next.totalChunkBytes === metadata.totalChunkBytes &&
  bytes + payload.length <= metadata.totalChunkBytes;

/** Whether the broker delivered an entry again. */
const isSameEntry = (one: DeliveredEntry, other: DeliveredEntry): boolean =>
  one.ledger === other.ledger && one.entry === other.entry;

/** Compares all that the producer wrote: payload and metadata, so its name, its number and the publish time, too. */
const isSameChunk = (before: Chunk, { envelope }: DeliveredEntry, payload: Buffer): boolean =>
  before.data.equals(payload) && (before.entry.envelope ?? NOTHING).equals(envelope ?? NOTHING);

const NOTHING = Buffer.alloc(0);

const nameOf = ({ uuid, replicatedFrom }: MessageMetadata): string => JSON.stringify([replicatedFrom, uuid]);
