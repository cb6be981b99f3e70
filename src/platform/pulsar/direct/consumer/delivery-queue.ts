import type { ReceivedMessage } from '../../message-broker.port.js';
import type { DeliveredEntry, EntryOrigin } from './delivered-entry.js';

/** The messages that wait while PostgreSQL is busy go there at once. */
const MAX_BATCH = 4_000;
/** A batch is in memory several times until it is stored: as bytes, as values, as a statement. A larger message goes alone. */
const MAX_BATCH_BYTES = 1024 * 1024;
/**
 * A transaction is the cheaper per event the more it holds: a batch ends when nothing came for the first of these times, and at
 * the latest the second after it began. So a lone message hardly waits.
 */
const QUIET_MS = 5;
const LONGEST_GATHER_MS = 50;

export interface DeliveryBounds {
  readonly maxInFlightMessages: number;
  readonly maxInFlightBytes: number;
}

/** Entries that came, handed out as batches of messages, no more at a time than may be in flight. */
export class DeliveryQueue {
  private readonly waiting: ((messages: ReceivedMessage[]) => void)[] = [];
  private entries: DeliveredEntry[] = [];
  private queuedMessages = 0;
  private queuedBytes = 0;
  /** Handed out and not settled. */
  private out = { messages: 0, bytes: 0 };
  private gathering: NodeJS.Timeout | undefined;
  private gatherUntil = 0;
  private lastArrival = 0;
  private closed = false;

  constructor(
    private readonly bounds: DeliveryBounds,
    /** Whether all that can come without a settlement has come: then waiting for more is in vain. */
    private readonly exhausted: () => boolean,
  ) {}

  add(entry: DeliveredEntry): void {
    this.entries.push(entry);
    this.queuedMessages += entry.remaining;
    this.queuedBytes += entry.remainingBytes;
    this.lastArrival = performance.now();
    if (this.waiting.length > 0) this.gather();
  }

  receive(): Promise<ReceivedMessage[]> {
    if (this.closed) return Promise.resolve([]);
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      if (this.entries.length > 0) this.gather();
    });
  }

  settled(messages: number, bytes: number): void {
    this.out.messages -= messages;
    this.out.bytes -= bytes;
    if (this.waiting.length > 0 && this.entries.length > 0) this.gather();
  }

  /** The entries of a lost connection. @param held of it, queued or handed out */
  drop(origin: EntryOrigin, held: { messages: number; bytes: number }): void {
    let { messages, bytes } = held;
    this.entries = this.entries.filter((entry) => {
      if (entry.origin !== origin) return true;
      this.queuedMessages -= entry.remaining;
      this.queuedBytes -= entry.remainingBytes;
      messages -= entry.remaining;
      bytes -= entry.remainingBytes;
      return false;
    });
    this.settled(messages, bytes);
  }

  /** Pending `receive()` answer with nothing, and every later one. */
  close(): void {
    this.closed = true;
    this.entries = [];
    clearTimeout(this.gathering);
    for (const resolve of this.waiting.splice(0)) resolve([]);
  }

  private gather(): void {
    const enough = this.queuedMessages >= MAX_BATCH || this.queuedBytes >= MAX_BATCH_BYTES;
    if (enough || this.exhausted()) return this.deliver();
    if (this.gathering) return;
    this.gatherUntil = performance.now() + LONGEST_GATHER_MS;
    this.gathering = setTimeout(() => this.gatherOn(), QUIET_MS);
  }

  private gatherOn(): void {
    const now = performance.now();
    const more = now - this.lastArrival < QUIET_MS && now < this.gatherUntil;
    if (more) this.gathering = setTimeout(() => this.gatherOn(), QUIET_MS);
    else this.deliver();
  }

  private deliver(): void {
    clearTimeout(this.gathering);
    this.gathering = undefined;
    if (this.waiting.length === 0) return;
    const batch = this.takeBatch();
    if (batch.length === 0) return; // enough is in flight: the next settlement goes on
    this.waiting.shift()!(batch);
    if (this.entries.length > 0 && this.waiting.length > 0) this.gather();
  }

  /** The first messages, within all bounds, and one at least unless too much is in flight. */
  private takeBatch(): ReceivedMessage[] {
    const { maxInFlightMessages, maxInFlightBytes } = this.bounds;
    const most = Math.min(MAX_BATCH, maxInFlightMessages - this.out.messages);
    const mostBytes = maxInFlightBytes - this.out.bytes;
    const batch: ReceivedMessage[] = [];
    let bytes = 0;
    let used = 0;
    while (used < this.entries.length && batch.length < most && bytes < mostBytes) {
      const entry = this.entries[used]!;
      const next = entry.nextBytes;
      if (batch.length > 0 && bytes + next > MAX_BATCH_BYTES) break;
      batch.push(entry.take());
      bytes += next;
      if (entry.remaining === 0) used++;
    }
    if (used > 0) this.entries.splice(0, used);
    this.queuedMessages -= batch.length;
    this.queuedBytes -= bytes;
    this.out.messages += batch.length;
    this.out.bytes += bytes;
    return batch;
  }
}
