import type { ReceivedMessage } from '../message-broker.port.js';

/** The messages that wait while PostgreSQL is busy go there at once: with 2,000 an event took 1.04 × the processor time. */
const MAX_BATCH = 4_000;
/** A batch is in memory several times until it is stored: as bytes, as values, as a statement. A larger message goes alone. */
const MAX_BATCH_BYTES = 1024 * 1024;
/**
 * Frames come one by one, and a transaction is the cheaper per event the more it holds: a batch ends when nothing came for
 * the first of these times, and at the latest the second after it began. So a lone message hardly waits.
 */
const QUIET_MS = 5;
const LONGEST_GATHER_MS = 50;

/**
 * Messages that came and were not asked for yet, and who asks for more: handed over in batches.
 *
 * | somebody asks | messages are there | state | ends |
 * | --- | --- | --- | --- |
 * | no | none or some | resting | when somebody asks and some are there |
 * | yes | none | waiting | with the first message |
 * | yes | some | gathering | with a full batch, when no more can come, when none came for 5 ms, or after 50 ms: handed over |
 */
export class Arrivals {
  private messages: ReceivedMessage[] = [];
  private bytes = 0;
  private readonly asking: ((messages: ReceivedMessage[]) => void)[] = [];
  private gathering: NodeJS.Timeout | undefined;
  private gatherUntil = 0;
  private lastAt = 0;

  /** @param noMoreComes whether the broker sends nothing until some of these are acknowledged */
  constructor(private readonly noMoreComes: () => boolean) {}

  add(message: ReceivedMessage): void {
    this.messages.push(message);
    this.bytes += message.data.length;
    this.lastAt = performance.now();
  }

  /** It must be called when an addition has changed whether more can come, because a batch may be due. */
  gather(): void {
    if (this.asking.length === 0 || this.messages.length === 0) return;
    const full = this.messages.length >= MAX_BATCH || this.bytes >= MAX_BATCH_BYTES;
    if (full || this.noMoreComes()) return this.handOver();
    if (this.gathering) return;
    this.gatherUntil = performance.now() + LONGEST_GATHER_MS;
    this.gathering = setTimeout(() => this.gatherOn(), QUIET_MS);
  }

  /** Resolves with one message at least, or with none once `end` was called. */
  next(): Promise<ReceivedMessage[]> {
    return new Promise((resolve) => {
      this.asking.push(resolve);
      this.gather();
    });
  }

  /** Drops what came and was not handed over. */
  clear(): void {
    this.messages = [];
    this.bytes = 0;
    clearTimeout(this.gathering);
    this.gathering = undefined;
  }

  end(): void {
    this.clear();
    for (const resolve of this.asking.splice(0)) resolve([]);
  }

  private gatherOn(): void {
    const now = performance.now();
    const more = now - this.lastAt < QUIET_MS && now < this.gatherUntil;
    if (more) this.gathering = setTimeout(() => this.gatherOn(), QUIET_MS);
    else this.handOver();
  }

  private handOver(): void {
    clearTimeout(this.gathering);
    this.gathering = undefined;
    if (this.messages.length === 0) return;
    const resolve = this.asking.shift();
    if (!resolve) return;
    resolve(this.takeBatch());
    this.gather();
  }

  /** The first messages, within both bounds, and one at least. */
  private takeBatch(): ReceivedMessage[] {
    const batch = this.messages;
    let count = 0;
    let bytes = 0;
    while (count < batch.length && count < MAX_BATCH) {
      const { length } = batch[count]!.data;
      if (count > 0 && bytes + length > MAX_BATCH_BYTES) break;
      bytes += length;
      count++;
    }
    this.messages = batch.splice(count);
    this.bytes -= bytes;
    return batch;
  }
}
