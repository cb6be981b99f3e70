import { failpoint, isArmed } from '../../../failpoint.js';
import type { AdminApi } from '../../admin/admin-api.js';
import { SubscriptionPositions } from '../../admin/subscription-positions.js';
import type { BrokerDirectory } from '../connection/broker-directory.js';
import type { BrokerSession } from '../connection/broker-session.js';
import {
  Subscription,
  type ConnectionState,
  type ReceivedMessage,
  type SubscriptionOptions,
  type SubscriptionPosition,
} from '../../message-broker.port.js';
import { ConnectionError, ReconnectDelays } from '../../reconnect-delays.js';
import { Signal } from '../../signal.js';
import { parseTopicName } from '../../topic-name.js';
import type { ChunkMemory } from './chunked-messages.js';
import { Receipt, type EntryOwner } from './delivered-entry.js';
import { DeliveryQueue } from './delivery-queue.js';
import { PartitionConsumer } from './partition-consumer.js';

/** A consumer over Pulsar's own protocol: of a topic, or of all its partitions, also those that it gets later. */
export class DirectSubscription extends Subscription {
  private readonly topic: string;
  private readonly queue: DeliveryQueue;
  private readonly closing = new AbortController();
  private readonly finished: Promise<void>;
  private readonly progress: SubscriptionPositions;
  /** Consumers by partition; -1 is the topic itself. */
  private readonly consumers = new Map<number, PartitionConsumer>();
  /** Raised when it may have other partitions than it had, and when it is closed. */
  private readonly changed = new Signal();
  private remade = false;
  private failure: string | null = null;

  constructor(
    private readonly directory: BrokerDirectory,
    private readonly options: SubscriptionOptions,
    private readonly chunkMemory: ChunkMemory,
    /** Milliseconds between questions for new partitions. */
    private readonly growthCheckMs: number,
    admin: AdminApi,
  ) {
    super();
    this.progress = new SubscriptionPositions(admin, options);
    this.topic = parseTopicName(options.topic).full;
    this.queue = new DeliveryQueue(options, () => [...this.consumers.values()].every(({ stopped }) => stopped));
    this.finished = this.followPartitions();
  }

  receive(): Promise<ReceivedMessage[]> {
    return this.queue.receive();
  }

  async acknowledge(messages: readonly ReceivedMessage[]): Promise<void> {
    if (!isArmed('in_acknowledge_burst')) return this.settle(messages, 0, messages.length);
    const half = messages.length >> 1;
    this.settle(messages, 0, half);
    await failpoint('in_acknowledge_burst');
    this.settle(messages, half, messages.length);
  }

  state(): ConnectionState {
    if (this.closing.signal.aborted) return { connected: false, reason: 'closed' };
    if (this.consumers.size === 0) return { connected: false, reason: this.failure ?? 'connecting' };
    for (const consumer of this.consumers.values()) {
      const state = consumer.state();
      if (!state.connected) return state;
    }
    return { connected: true, reason: null };
  }

  /** Asks the REST API, which knows the most; where that is closed, the protocol. */
  async positions(): Promise<readonly SubscriptionPosition[]> {
    try {
      const positions = await this.progress.ask();
      // One that was added is consumed at once.
      if (positions.some(({ partition }) => !this.consumers.has(partition))) this.changed.raise();
      return positions.map((position) => ({
        ...position,
        held: this.consumers.get(position.partition)?.held ?? 0,
      }));
    } catch (error) {
      const positions = await Promise.all([...this.consumers.values()].map((consumer) => consumer.position()));
      const known = positions.filter((position) => position !== null);
      if (known.length === 0 || known.length < positions.length) throw error;
      return known;
    }
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.changed.raise();
    this.queue.close();
    await Promise.all([...this.consumers.values()].map((consumer) => consumer.close()));
    await this.finished;
  }

  private settle(messages: readonly ReceivedMessage[], from: number, to: number): void {
    const owners = new Set<EntryOwner>();
    let [count, bytes] = [0, 0];
    for (let index = from; index < to; index++) {
      const { receipt } = messages[index]!;
      if (!(receipt instanceof Receipt) || receipt.settled) continue;
      receipt.settled = true;
      const { owner } = receipt.entry.origin;
      if (!owner.isCurrent(receipt.entry)) continue; // it comes again, and is no longer counted
      owner.settle(receipt);
      owners.add(owner);
      count++;
      bytes += receipt.bytes;
    }
    for (const owner of owners) owner.flush();
    this.queue.settled(count, bytes);
  }

  /** Until closed: consumers for the partitions that there are. */
  private async followPartitions(): Promise<void> {
    const { signal } = this.closing;
    const delays = new ReconnectDelays();
    while (!signal.aborted) {
      const wait = (await this.adjust()) ?? { reason: '', refused: false };
      if (this.consumers.size === 0) await delays.wait(wait, signal);
      else if (!this.remade) await this.changed.within(this.growthCheckMs);
    }
  }

  private async isThere(partition: number, session: BrokerSession): Promise<boolean> {
    const count = await this.directory.partitions(this.topic, session, this.closing.signal);
    const there = partition < 0 ? count === 0 : partition < count;
    if (!there) {
      this.remade = true;
      this.changed.raise();
    }
    return there;
  }

  /** @returns why it is not known how many partitions there are; null: it is */
  private async adjust(): Promise<ConnectionError | null> {
    const { signal } = this.closing;
    try {
      const [first] = this.consumers.values();
      if (first && !first.connection && !this.remade) return null; // its broker is away: later
      this.remade = false;
      const count = await this.directory.partitions(this.topic, first?.connection ?? null, signal);
      if (!signal.aborted) await this.have(count === 0 ? [-1] : Array.from({ length: count }, (_, index) => index));
      this.failure = null;
      return null;
    } catch (error) {
      const failure = error instanceof ConnectionError ? error : new ConnectionError((error as Error).message);
      if (this.consumers.size === 0 && this.failure !== failure.reason && !signal.aborted) {
        const purpose = `consumer of ${this.topic}`;
        this.directory.log.warn({ purpose, reason: failure.reason }, 'Pulsar not connected, trying again');
        this.failure = failure.reason;
      }
      return failure;
    }
  }

  /** A topic that was deleted and made again may have fewer. */
  private async have(partitions: readonly number[]): Promise<void> {
    for (const partition of partitions)
      if (!this.consumers.has(partition)) this.consumers.set(partition, this.consume(partition));
    for (const [partition, consumer] of this.consumers)
      if (!partitions.includes(partition)) {
        this.consumers.delete(partition);
        await consumer.close();
      }
  }

  private consume(partition: number): PartitionConsumer {
    const { subscription, type, maxInFlightMessages, maxInFlightBytes } = this.options;
    const share = (whole: number) => Math.max(1, Math.floor(whole / Math.max(1, this.consumers.size)));
    return new PartitionConsumer(this.directory, {
      topic: partition < 0 ? this.topic : `${this.topic}-partition-${partition}`,
      parent: this.topic,
      partition,
      subscription,
      type,
      bounds: () => ({ maxMessages: share(maxInFlightMessages), maxBytes: share(maxInFlightBytes) }),
      chunkMemory: this.chunkMemory,
      isThere: (session) => this.isThere(partition, session),
      onReady: (entry) => this.queue.add(entry),
      onLost: (origin, held) => this.queue.drop(origin, held),
    });
  }
}
