import { addProperty, MOST_PROPERTIES, noProperties, skipProperty, timeOf } from './message-metadata.js';
import { MESSAGES } from './protocol.js';
import { LENGTH_DELIMITED, ProtobufReader, VARINT } from './protobuf-reader.js';

const SINGLE = MESSAGES.SingleMessageMetadata;
const PROPERTIES = SINGLE.properties[0] * 8 + LENGTH_DELIMITED;
const PARTITION_KEY = SINGLE.partition_key[0] * 8 + LENGTH_DELIMITED;
const PAYLOAD_SIZE = SINGLE.payload_size[0] * 8 + VARINT;
const EVENT_TIME = SINGLE.event_time[0] * 8 + VARINT;
const NULL_VALUE = SINGLE.null_value[0] * 8 + VARINT;

/** One thread reads one batch at a time, so one reader is enough: it is only pointed at bytes, and never kept. */
const reader = new ProtobufReader();

/**
 * Reads the messages of a batch, one after the other; each is its length, its metadata and its payload. The reader's own
 * fields say where the present message lies, so nothing is allocated that the caller does not ask for.
 */
export class BatchReader {
  /** The place of the message that `next()` came to. */
  index = -1;
  payloadStart = 0;
  payloadEnd = 0;
  key: string | null = null;
  eventTime = 0;
  properties: Readonly<Record<string, string>> = noProperties();
  /** How many came; above `MOST_PROPERTIES` the further ones are left out. */
  propertyCount = 0;
  nullValue = false;
  /** Its metadata and payload, without the four bytes before. */
  size = 0;
  /** The same of all that are to be delivered. */
  visibleBytes = 0;

  private position: number;

  constructor(
    readonly bytes: Buffer,
    private readonly start: number,
    private readonly end: number,
    private readonly count: number,
    /** Bits of the messages that are not acknowledged yet; null: none is. */
    private readonly ackSet: readonly (number | bigint)[] | null,
  ) {
    this.position = start;
  }

  /**
   * Goes through all of it once, before the first message is handed out: half a batch cannot be taken back.
   *
   * @returns how many messages are to be delivered; null when it is no such batch
   */
  countMessages(): number | null {
    try {
      let visible = 0;
      this.visibleBytes = 0;
      this.position = this.start;
      for (let index = 0; index < this.count; index++) {
        this.skim();
        if (!this.wanted(index)) continue;
        visible++;
        this.visibleBytes += this.size;
      }
      return this.position === this.end ? visible : null;
    } catch {
      return null;
    } finally {
      this.position = this.start;
      this.index = -1;
    }
  }

  /**
   * Goes to the next message that is not acknowledged; after `countMessages()` it cannot fail. `compacted_out` is no reason to leave
   * one out: a broker sets it only for those who read what it has compacted, which nobody here does.
   */
  next(): boolean {
    while (++this.index < this.count) {
      this.read();
      if (this.wanted(this.index)) return true;
    }
    return false;
  }

  /** A copy of the metadata of the present message, as they came. */
  metadata(): Buffer {
    return Buffer.from(this.bytes.subarray(this.payloadEnd - this.size, this.payloadStart));
  }

  /** Looks only how far it reaches, and that `read()` will not fail. */
  private skim(): void {
    let size = 0;
    const { bytes } = this;
    const length = reader.at(bytes, this.position, this.end).uint32();
    const start = reader.position;
    reader.at(bytes, start, Math.max(start, Math.min(start + length, this.end)));
    while (reader.position < reader.end) {
      const tag = reader.varint();
      if (tag === PAYLOAD_SIZE) size = reader.varint();
      else if (tag === PROPERTIES) skipProperty(reader);
      else reader.skip(tag & 7);
    }
    this.size = length + size;
    this.position = start + this.size;
    reader.at(bytes, this.position, this.end); // throws when it reaches beyond
  }

  private read(): void {
    let size = 0;
    this.key = null;
    this.eventTime = 0;
    this.properties = noProperties();
    this.propertyCount = 0;
    this.nullValue = false;
    const { bytes } = this;
    const length = reader.at(bytes, this.position, this.end).uint32();
    const start = reader.position;
    reader.at(bytes, start, start + length);
    while (reader.position < reader.end) {
      const tag = reader.varint();
      if (tag === PAYLOAD_SIZE) size = reader.varint();
      else if (tag === PARTITION_KEY) this.key = reader.string();
      else if (tag === EVENT_TIME) this.eventTime = timeOf(reader.uint64());
      else if (tag === PROPERTIES && ++this.propertyCount > MOST_PROPERTIES) skipProperty(reader);
      else if (tag === PROPERTIES) this.properties = addProperty(this.properties, reader);
      else if (tag === NULL_VALUE) this.nullValue = reader.varint() !== 0;
      else reader.skip(tag & 7);
    }
    this.payloadStart = start + length;
    this.payloadEnd = this.payloadStart + size;
    this.size = length + size;
    this.position = this.payloadEnd;
  }

  private wanted(index: number): boolean {
    return this.ackSet === null || isSet(this.ackSet, index);
  }
}

/** Java's `BitSet` as words of 64 bits, the least significant first; bits behind the last word are clear. */
export function isSet(words: readonly (number | bigint)[], index: number): boolean {
  const word = words[index >> 6];
  return word !== undefined && ((BigInt(word) >> BigInt(index & 63)) & 1n) === 1n;
}

export function countSet(words: readonly (number | bigint)[]): number {
  let count = 0;
  for (const word of words) for (let rest = BigInt.asUintN(64, BigInt(word)); rest > 0n; rest &= rest - 1n) count++;
  return count;
}
