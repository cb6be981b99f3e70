import type { EntryId } from '../codec/acknowledgement.js';
import type { BatchReader } from '../codec/batch-reader.js';
import type { MessageMetadata } from '../codec/message-metadata.js';
import { MOST_PROPERTIES, noProperties } from '../codec/message-metadata.js';
import type { ReceivedFailure, ReceivedMessage } from '../../message-broker.port.js';
import { describeEncryption } from './encryption-context.js';

/** The consumer that delivered messages, and is told when they are settled. */
export interface EntryOwner {
  /** Whether it came on the connection that is open now; if not, it comes again. */
  isCurrent(entry: DeliveredEntry): boolean;
  settle(receipt: Receipt): void;
  flush(): void;
}

/** One connection of a consumer: what came on it is acknowledged on it or not at all. */
export interface EntryOrigin {
  /** Full name of the parent topic. */
  readonly topic: string;
  /** -1: not partitioned. */
  readonly partition: number;
  readonly owner: EntryOwner;
}

/** Holds what acknowledging a message needs. */
export class Receipt {
  settled = false;

  constructor(
    readonly entry: DeliveredEntry,
    readonly bytes: number,
  ) {}
}

/** The payload of an entry. */
export type EntryPayload =
  | { readonly kind: 'batch'; readonly batch: BatchReader; readonly messages: number; readonly bytes: number }
  | { readonly kind: 'single'; readonly data: Buffer; readonly failure: ReceivedFailure | null };

const NOTHING = Buffer.alloc(0);

/** The failure that stands in for the payload of a message that has none. */
const NULL_VALUE: ReceivedFailure = {
  reason: 'null_value',
  detail: 'the message has no value: its producer published null',
};

/** The failure that stands in for a message that has more properties than are read; null: it has not. */
export const tooManyProperties = (count: number): ReceivedFailure | null =>
  count <= MOST_PROPERTIES
    ? null
    : { reason: 'too_large', detail: `the message has ${count} properties; at most ${MOST_PROPERTIES} are read` };

/**
 * An entry of the broker's: a message, a batch, or what came instead. Its messages are made one at a time, as they are asked
 * for; it can be acknowledged when all of them are settled.
 */
export class DeliveredEntry implements EntryId {
  readonly ledger: number | bigint;
  readonly entry: number | bigint;
  /** Messages that are not settled. */
  unsettled = 1;
  /** Messages that were not taken yet, and their bytes. */
  remaining = 0;
  remainingBytes = 0;
  /** The earlier chunks of the message, if it came in chunks: settled with it. */
  chunks: readonly DeliveredEntry[] = [];
  /** The broker may have taken another number of permits for it than we count. */
  permitsUncertain = false;
  /** A copy of its metadata as they came, if the entry cannot be opened. As a copy it does not keep the frame in memory. */
  envelope: Buffer | null = null;
  /** It is known what it holds. */
  filled = false;

  private metadata: MessageMetadata | null = null;
  private batch: BatchReader | null = null;
  private data: Buffer = NOTHING;
  private failure: ReceivedFailure | null = null;

  constructor(
    readonly origin: EntryOrigin,
    { ledger, entry }: EntryId,
  ) {
    this.ledger = ledger;
    this.entry = entry;
  }

  /** @param metadata null: it cannot be read */
  fill(payload: EntryPayload, metadata: MessageMetadata | null): void {
    this.metadata = metadata;
    if (payload.kind === 'batch') {
      this.batch = payload.batch;
      this.unsettled = this.remaining = payload.messages;
      this.remainingBytes = payload.bytes;
      this.batch.next();
    } else {
      this.batch = null;
      this.data = payload.data;
      this.failure = payload.failure ?? (metadata?.nullValue ? NULL_VALUE : null);
      this.remaining = 1;
      this.remainingBytes = payload.data.length + ownBytes(metadata) + (this.envelope?.length ?? 0);
    }
    this.filled = true;
  }

  /** The bytes of the message that comes next, if any remains. */
  get nextBytes(): number {
    return this.batch === null ? this.remainingBytes : this.batch.size;
  }

  /** The next message. Call it only while any remains. */
  take(): ReceivedMessage {
    return this.batch === null ? this.takeSingle() : this.takeFromBatch(this.batch);
  }

  private takeFromBatch(batch: BatchReader): ReceivedMessage {
    const { topic, partition } = this.origin;
    const metadata = this.metadata!;
    const crowded = tooManyProperties(batch.propertyCount);
    const message: ReceivedMessage = {
      topic,
      messageId: `${this.ledger}:${this.entry}:${partition}:${batch.index}`,
      data: batch.bytes.subarray(batch.payloadStart, batch.payloadEnd),
      publishedAt: metadata.publishTime,
      eventTime: batch.eventTime || null,
      key: batch.key || null,
      properties: batch.properties,
      encryption: null,
      failure: crowded ?? (batch.nullValue ? NULL_VALUE : null),
      envelope: crowded && batch.metadata(),
      schemaVersion: metadata.schemaVersion,
      replicatedFrom: metadata.replicatedFrom,
      receipt: new Receipt(this, batch.size),
    };
    this.remaining--;
    this.remainingBytes -= batch.size;
    if (this.remaining > 0) batch.next();
    else this.batch = null; // its bytes are kept by the messages alone
    return message;
  }

  private takeSingle(): ReceivedMessage {
    const { topic, partition } = this.origin;
    const { metadata, data, remainingBytes } = this;
    this.remaining = 0;
    this.remainingBytes = 0;
    this.data = NOTHING;
    return {
      topic,
      messageId: `${this.ledger}:${this.entry}:${partition}:-1`,
      data,
      publishedAt: metadata?.publishTime ?? NaN,
      eventTime: metadata?.eventTime || null,
      key: metadata?.key || null,
      properties: metadata?.properties ?? noProperties(),
      encryption: metadata && describeEncryption(metadata),
      failure: this.failure,
      envelope: this.envelope,
      schemaVersion: metadata?.schemaVersion ?? null,
      replicatedFrom: metadata?.replicatedFrom ?? null,
      receipt: new Receipt(this, remainingBytes),
    };
  }
}

function ownBytes(metadata: MessageMetadata | null): number {
  if (metadata === null) return 0;
  let bytes = metadata.key?.length ?? 0;
  for (const name in metadata.properties) bytes += name.length + metadata.properties[name]!.length;
  return bytes;
}
