import type { AdminApi } from '../admin/admin-api.js';
import { SubscriptionPositions } from '../admin/subscription-positions.js';
import type { BrokerLog } from '../broker-log.js';
import {
  Subscription,
  type ConnectionState,
  type ReceivedMessage,
  type SubscriptionOptions,
  type SubscriptionPosition,
} from '../message-broker.port.js';
import { failpoint } from '../../failpoint.js';
import { describeNativeFailure, type NativeClient, type NativeConsumer } from './native-client.js';
import { copyMessage } from './native-message.js';
import { Receipt } from './native-receipt.js';
import { ReconnectDelays } from '../reconnect-delays.js';
import { parseTopicName } from '../topic-name.js';

/** One insert statement is at its best with as many messages. */
const MAX_BATCH = 1_000;
/** With messages of this size the library's queue holds what `maxInFlightBytes` allows; 64 or 1,000 in it cost the same CPU. */
const LARGEST_EVENT_BYTES = 256 * 1024;
/** The library waits this long for a full batch, so it is the latency of a trickle; 0 would wait for ever. */
const GATHER_MS = 20;
/** Each acknowledgement in flight costs a handle of the event loop: all at once delayed it by 20 ms, 100 by 5 ms. */
const ACKNOWLEDGE_AT_ONCE = 100;

/** A consumer of the native library, which fills a small queue ahead of us; what we take from it is bounded here. */
export class NativeSubscription extends Subscription {
  private readonly topic: string;
  private readonly batchMessages: number;
  /** Messages the library fetches ahead, out of our sight: the only bound it knows for them is their number. */
  private readonly queue: number;
  private readonly batchBytes: number;
  private readonly closing = new AbortController();
  private readonly progress: SubscriptionPositions;
  private opening: Promise<NativeConsumer | null>;
  private consumer: NativeConsumer | undefined;
  private failure: string | null = null;
  /** Handed out and not acknowledged, or reserved for a batch that is being received. */
  private held = { messages: 0, bytes: 0 };
  private waitingForRoom: (() => void)[] = [];

  constructor(
    private readonly client: NativeClient,
    private readonly options: SubscriptionOptions,
    private readonly log: BrokerLog,
    admin: AdminApi,
  ) {
    super();
    this.progress = new SubscriptionPositions(admin, options);
    this.topic = parseTopicName(options.topic).full;
    this.queue = Math.min(MAX_BATCH, Math.max(16, Math.floor(options.maxInFlightBytes / LARGEST_EVENT_BYTES)));
    this.batchMessages = Math.max(1, Math.min(this.queue, Math.floor(options.maxInFlightMessages / 2)));
    this.batchBytes = Math.max(1, Math.floor(options.maxInFlightBytes / 2));
    this.opening = this.open();
  }

  async receive(): Promise<ReceivedMessage[]> {
    const batch: ReceivedMessage[] = [];
    for (;;) {
      const consumer = await this.opening;
      if (!consumer || !(await this.room())) return [];
      const messages = await this.take(consumer);
      batch.push(...messages);
      // A full queue means that there is more.
      if (batch.length > 0 && (messages.length < this.batchMessages || batch.length >= MAX_BATCH || !this.fits()))
        return batch;
    }
  }

  async acknowledge(messages: readonly ReceivedMessage[]): Promise<void> {
    const receipts: Receipt[] = [];
    for (const { receipt } of messages) {
      if (!(receipt instanceof Receipt) || receipt.consumer !== this.consumer || receipt.acknowledged) continue;
      receipt.acknowledged = true;
      this.hold({ messages: 1, bytes: receipt.bytes }, -1);
      receipts.push(receipt);
    }
    this.wake();
    if (this.options.type === 'Failover') {
      const last = new Map(receipts.map((receipt) => [receipt.partition, receipt]));
      await this.attempt([...last.values()].map(({ consumer, id }) => consumer.acknowledgeCumulativeId(id)));
    } else
      for (let from = 0; from < receipts.length; from += ACKNOWLEDGE_AT_ONCE) {
        if (from > 0) await failpoint('in_acknowledge_burst');
        await this.attempt(
          receipts.slice(from, from + ACKNOWLEDGE_AT_ONCE).map(({ consumer, id }) => consumer.acknowledgeId(id)),
        );
      }
    // If half of the queue's permits are lost, the library never asks for more.
    const costly = receipts.find(({ costsPermits }) => costsPermits);
    if (costly && costly.consumer === this.consumer) this.reopen(costly.consumer);
  }

  state(): ConnectionState {
    if (this.closing.signal.aborted) return { connected: false, reason: 'closed' };
    if (this.consumer?.isConnected()) return { connected: true, reason: null };
    const reason = this.consumer ? 'connection lost, the client library tries again' : 'connecting';
    return { connected: false, reason: this.failure ?? reason };
  }

  positions(): Promise<readonly SubscriptionPosition[]> {
    return this.progress.ask();
  }

  async close(): Promise<void> {
    this.closing.abort();
    const consumer = this.consumer;
    this.drop();
    if (consumer) await this.attempt([consumer.close()]);
  }

  /** One attempt after another until it is subscribed; null when closed first. */
  private async open(): Promise<NativeConsumer | null> {
    const { signal } = this.closing;
    const delays = new ReconnectDelays();
    while (!signal.aborted) {
      try {
        const consumer = await this.client.subscribe(this.configuration());
        if (signal.aborted) {
          await consumer.close();
          return null;
        }
        this.log.info({ topic: this.topic }, 'Pulsar connected');
        this.failure = null;
        return (this.consumer = consumer);
      } catch (error) {
        if (signal.aborted) return null;
        await delays.wait(this.report(error), signal);
      }
    }
    return null;
  }

  private configuration() {
    return {
      topic: this.topic,
      subscription: this.options.subscription,
      // An unknown name would silently mean Exclusive; the type admits only names the library knows.
      subscriptionType: this.options.type,
      subscriptionInitialPosition: 'Earliest',
      cryptoFailureAction: 'CONSUME', // withheld, it would keep everything behind it from coming
      receiverQueueSize: this.queue,
      receiverQueueSizeAcrossPartitions: 2 * this.queue,
      batchReceivePolicy: { maxNumMessages: this.batchMessages, maxNumBytes: this.batchBytes, timeoutMs: GATHER_MS },
    };
  }

  /** One batch of the library, counted as held. */
  private async take(consumer: NativeConsumer): Promise<ReceivedMessage[]> {
    const reserved = { messages: this.batchMessages, bytes: this.batchBytes };
    this.hold(reserved, 1);
    const messages = await this.receiveFrom(consumer);
    if (this.consumer !== consumer) return []; // closed or lost meanwhile, and with it what was counted
    this.hold(reserved, -1);
    for (const { receipt } of messages) this.hold({ messages: 1, bytes: (receipt as Receipt).bytes }, 1);
    this.wake();
    return messages;
  }

  /** Empty at the library's time-out, and when the consumer has ended: then another one is opened. */
  private async receiveFrom(consumer: NativeConsumer): Promise<ReceivedMessage[]> {
    try {
      return (await consumer.batchReceive()).map((message) => copyMessage(message, this.topic, consumer));
    } catch (error) {
      if (!this.closing.signal.aborted && this.consumer === consumer) {
        this.report(error);
        this.reopen(consumer);
      }
      return [];
    }
  }

  /** True when another batch fits; false when closed. */
  private async room(): Promise<boolean> {
    while (!this.closing.signal.aborted) {
      if (this.fits()) return true;
      await new Promise<void>((resolve) => this.waitingForRoom.push(resolve));
    }
    return false;
  }

  private fits(): boolean {
    const { maxInFlightMessages, maxInFlightBytes } = this.options;
    const { messages, bytes } = this.held;
    if (messages === 0) return true;
    return messages + this.batchMessages <= maxInFlightMessages && bytes + this.batchBytes <= maxInFlightBytes;
  }

  private hold(amount: { messages: number; bytes: number }, sign: 1 | -1): void {
    this.held.messages += sign * amount.messages;
    this.held.bytes += sign * amount.bytes;
  }

  private wake(): void {
    for (const resolve of this.waitingForRoom.splice(0)) resolve();
  }

  private reopen(consumer: NativeConsumer): void {
    this.drop();
    this.opening = this.attempt([consumer.close()]).then(() => this.open());
  }

  /** The consumer has ended. Its messages come again, so none of them is waited for. */
  private drop(): void {
    this.consumer = undefined;
    this.held = { messages: 0, bytes: 0 };
    this.wake();
  }

  private report(error: unknown) {
    const failure = describeNativeFailure(error);
    if (this.failure !== failure.reason)
      this.log.warn({ topic: this.topic, reason: failure.reason }, 'Pulsar not connected, trying again');
    this.failure = failure.reason;
    return failure;
  }

  /** Waits for all calls. Failed acknowledgements and closes are logged once: redelivery is all that they can cause. */
  private async attempt(calls: Promise<unknown>[]): Promise<void> {
    const failed = (await Promise.allSettled(calls)).filter((outcome) => outcome.status === 'rejected');
    if (failed[0])
      this.log.warn(
        { topic: this.topic, failed: failed.length, err: failed[0].reason as unknown },
        'Pulsar client call failed',
      );
  }
}
