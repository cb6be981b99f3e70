import { bulkhead } from 'cockatiel';
import type { BrokerDirectory } from '../connection/broker-directory.js';
import { Publisher, type OutgoingMessage } from '../../message-broker.port.js';
import { PublishError } from '../../publish-error.js';
import { ReconnectDelays } from '../../reconnect-delays.js';
import { Signal } from '../../signal.js';
import { parseTopicName } from '../../topic-name.js';
import { PartitionProducer } from './partition-producer.js';

/** Messages sent and not confirmed; further ones wait their turn. Two of the largest batches. */
const MAX_PENDING = 2_000;
const CONNECT_TIMEOUT_MS = 3_000;

/** A producer over Pulsar's own protocol; of a partitioned topic one for each partition that it has at the start. */
export class DirectPublisher extends Publisher {
  private readonly topic: string;
  private readonly slots = bulkhead(MAX_PENDING, Infinity);
  private readonly known = new Signal();
  private readonly closing = new AbortController();
  private readonly finished: Promise<void>;
  private producers: readonly PartitionProducer[] = [];
  private failure = 'connecting';
  private turn = 0;

  constructor(
    private readonly directory: BrokerDirectory,
    topic: string,
  ) {
    super();
    this.topic = parseTopicName(topic).full;
    this.finished = this.open();
  }

  /** @throws PublishError */
  publish(message: OutgoingMessage): Promise<string> {
    return this.slots.execute(() => this.send(message));
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.known.raise();
    await this.finished;
    await Promise.all(this.producers.map((producer) => producer.close()));
  }

  private async send(message: OutgoingMessage): Promise<string> {
    const { signal } = this.closing;
    if (this.producers.length === 0 && !signal.aborted) await this.known.within(CONNECT_TIMEOUT_MS);
    if (this.producers.length === 0 || signal.aborted)
      throw new PublishError(`not published to ${this.topic}: ${signal.aborted ? 'closed' : this.failure}`, 'not_sent');
    return this.producers[this.partitionOf(message.key)]!.publish(message);
  }

  /** Chooses a partition by the key, as Java's client does it; without a key in turn. */
  private partitionOf(key: string | undefined): number {
    const { length } = this.producers;
    if (key === undefined) return this.turn++ % length;
    let hash = 0;
    for (let index = 0; index < key.length; index++) hash = (hash * 31 + key.charCodeAt(index)) | 0;
    return (hash & 0x7fffffff) % length;
  }

  private async open(): Promise<void> {
    const { signal } = this.closing;
    const delays = new ReconnectDelays();
    while (!signal.aborted) {
      try {
        const count = await this.directory.partitions(this.topic, null, signal);
        if (signal.aborted) return;
        this.producers =
          count === 0
            ? [new PartitionProducer(this.directory, this.topic, -1)]
            : Array.from(
                { length: count },
                (_, n) => new PartitionProducer(this.directory, `${this.topic}-partition-${n}`, n),
              );
        return this.known.raise();
      } catch (error) {
        this.failure = (error as Error).message;
        await delays.wait({ reason: this.failure, refused: false }, signal);
      }
    }
  }
}
