import { bulkhead } from 'cockatiel';
import type { BrokerLog } from '../broker-log.js';
import { Publisher, type OutgoingMessage } from '../message-broker.port.js';
import { parseNativeMessageId } from '../message-id.js';
import { describeNativeFailure, type NativeClient, type NativeProducer } from './native-client.js';
import { PublishError } from '../publish-error.js';
import { ReconnectDelays } from '../reconnect-delays.js';
import { Signal } from '../signal.js';
import { parseTopicName } from '../topic-name.js';

/** Messages sent and not confirmed; further ones wait their turn. More in flight delays the event loop by 0.5 s. */
const MAX_PENDING = 1_000;
/** A publish waits this long for a lost connection to come back: most do within a second. */
const CONNECT_TIMEOUT_MS = 3_000;

/** A producer of the native library, created when the broker is there; the library reconnects it later. */
export class NativePublisher extends Publisher {
  private readonly topic: string;
  private readonly slots = bulkhead(MAX_PENDING, Infinity);
  private readonly connected = new Signal();
  private readonly closing = new AbortController();
  private producer: NativeProducer | undefined;
  private failure: string | null = null;

  constructor(
    private readonly client: NativeClient,
    topic: string,
    private readonly log: BrokerLog,
  ) {
    super();
    this.topic = parseTopicName(topic).full;
    void this.open();
  }

  /** @throws PublishError */
  publish(message: OutgoingMessage): Promise<string> {
    return this.slots.execute(() => this.send(message));
  }

  /** Waits for outstanding confirmations, which the library fails after 30 s at the latest. */
  async close(): Promise<void> {
    this.closing.abort();
    this.connected.raise();
    const producer = this.producer;
    this.producer = undefined;
    try {
      await producer?.close();
    } catch (error) {
      this.log.warn({ topic: this.topic, err: error }, 'Pulsar producer did not close');
    }
  }

  private async send({ data, key, eventTime, properties }: OutgoingMessage): Promise<string> {
    if (!this.producer && !this.closing.signal.aborted) await this.connected.within(CONNECT_TIMEOUT_MS);
    if (!this.producer || this.closing.signal.aborted)
      throw new PublishError(`not published to ${this.topic}: ${this.notConnected()}`, 'not_sent');
    try {
      const id = await this.producer.send({
        data,
        ...(properties && { properties: { ...properties } }),
        ...(eventTime !== undefined && { eventTimestamp: eventTime }),
        ...(key !== undefined && { partitionKey: key }),
      });
      return parseNativeMessageId(id.toString());
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const outcome = reason.includes('MessageTooBig') ? 'not_sent' : 'unknown';
      throw new PublishError(`no confirmation from ${this.topic}: ${reason}`, outcome, { cause: error });
    }
  }

  private notConnected(): string {
    return this.closing.signal.aborted ? 'closed' : (this.failure ?? 'connecting');
  }

  private async open(): Promise<void> {
    const { signal } = this.closing;
    const delays = new ReconnectDelays();
    while (!this.producer && !signal.aborted) {
      try {
        const producer = await this.client.createProducer({
          topic: this.topic,
          batchingEnabled: true,
          batchingMaxMessages: 1000,
          batchingMaxPublishDelayMs: 5,
          maxPendingMessages: MAX_PENDING,
          blockIfQueueFull: false,
          sendTimeoutMs: 30_000,
        });
        if (signal.aborted) await producer.close();
        else this.producer = producer;
        this.connected.raise();
      } catch (error) {
        const failure = describeNativeFailure(error);
        if (this.failure !== failure.reason && !signal.aborted)
          this.log.warn({ topic: this.topic, reason: failure.reason }, 'Pulsar producer not connected, trying again');
        this.failure = failure.reason;
        await delays.wait(failure, signal);
      }
    }
  }
}
