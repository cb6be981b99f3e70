import { failpoint, isArmed } from '../../failpoint.js';
import { SubscriptionPositions } from '../admin/subscription-positions.js';
import { Arrivals } from './arrivals.js';
import { parseBrokerTime } from '../broker-time.js';
import { consumerPath, receiverQueueSize } from './consumer-path.js';
import { readConsumerFrame } from './consumer-frame.js';
import { heldBytes } from '../held-bytes.js';
import { decodeMessageId } from '../message-id.js';
import {
  NOT_TOLD,
  Subscription,
  type ConnectionState,
  type ReceivedMessage,
  type SubscriptionOptions,
  type SubscriptionPosition,
} from '../message-broker.port.js';
import { PermitWindow } from '../permit-window.js';
import { parseTopicName } from '../topic-name.js';
import { WebSocketConnection } from './websocket-connection.js';
import type { WebSocketEndpoint } from './websocket-endpoint.js';

/** The WebSocket service forgets ids of batched messages after an hour; later acknowledgements would leave holes. */
const RECEIPT_LIFETIME_MS = 55 * 60_000;

/** Holds what acknowledging needs: the id as the broker wrote it, on the connection it came from. */
class Receipt {
  acknowledged = false;

  constructor(
    readonly connection: number,
    readonly brokerId: string,
    readonly bytes: number,
    readonly arrivedAt: number,
    /** The broker took a permit for each message of an encrypted batch, and its WebSocket service gives one back. */
    readonly lostPermits: number,
  ) {}
}

/** A consumer over Pulsar's WebSocket API in pull mode: the broker sends what permits allow, and no more. */
export class WebSocketSubscription extends Subscription {
  private readonly topic: string;
  private readonly window: PermitWindow;
  private readonly connection: WebSocketConnection;
  private readonly progress: SubscriptionPositions;
  private readonly arrivals = new Arrivals(() => this.window.exhausted || this.window.full);
  /** Counts connections: receipts of an earlier one are void, as the broker delivers their messages again. */
  private current = 0;
  /** The permits that the queue of the WebSocket service has lost: at zero left the broker sends nothing more on this connection. */
  private lostPermits = 0;
  private readonly queueSize: number;
  private paused = false;
  private closed = false;

  constructor(
    private readonly endpoint: WebSocketEndpoint,
    options: SubscriptionOptions,
  ) {
    super();
    this.topic = parseTopicName(options.topic).full;
    this.queueSize = receiverQueueSize(options);
    this.window = new PermitWindow({ maxMessages: options.maxInFlightMessages, maxBytes: options.maxInFlightBytes });
    this.progress = new SubscriptionPositions(endpoint.admin, options);
    this.connection = endpoint.connect({
      path: consumerPath(options),
      purpose: `consumer of ${this.topic}`,
      onOpen: () => this.grant([]),
      onText: (text) => this.accept(text),
      onLost: () => this.forget(),
    });
  }

  receive(): Promise<ReceivedMessage[]> {
    if (this.closed) return Promise.resolve([]);
    return this.arrivals.next();
  }

  async acknowledge(messages: readonly ReceivedMessage[]): Promise<void> {
    const frames: string[] = [];
    const oldest = performance.now() - RECEIPT_LIFETIME_MS;
    let late = false;
    for (const { receipt } of messages) {
      if (!(receipt instanceof Receipt) || receipt.connection !== this.current || receipt.acknowledged) continue;
      receipt.acknowledged = true;
      late ||= receipt.arrivedAt < oldest;
      this.lostPermits += receipt.lostPermits;
      this.window.settled(receipt.bytes);
      frames.push(`{"messageId":"${receipt.brokerId}"}`);
    }
    if (late) this.connection.restart('messages were held for an hour; the broker delivers them again');
    else if (frames.length > 0) this.grant(isArmed('in_acknowledge_burst') ? await this.secondHalf(frames) : frames);
    // The service asks for more when half of its queue was taken, so with half of it lost it may never ask again.
    if (this.lostPermits * 2 >= this.queueSize) this.connection.renew();
  }

  /** It is needed for the failpoint between two halves of a burst. */
  private async secondHalf(frames: string[]): Promise<string[]> {
    this.connection.send(frames.splice(0, frames.length >> 1));
    await failpoint('in_acknowledge_burst');
    return frames;
  }

  state(): ConnectionState {
    return this.connection.state();
  }

  positions(): Promise<readonly SubscriptionPosition[]> {
    return this.progress.ask();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.forget();
    this.arrivals.end();
    await this.connection.close();
  }

  /** Sends acknowledgements and, behind them in the same burst, the permits that they free. */
  private grant(frames: string[]): void {
    const permits = this.window.take();
    if (permits > 0) frames.push(`{"type":"permit","permitMessages":${permits}}`);
    if (this.paused && !this.window.full) {
      this.paused = false;
      this.connection.resume();
    }
    this.connection.send(frames);
  }

  private accept(text: Buffer): void {
    const message = this.closed ? null : this.read(text);
    if (!message) return;
    this.arrivals.add(message);
    if (this.window.full && !this.paused) {
      this.paused = true;
      this.connection.pause();
    }
    // The first permits are few: more follow once they have shown how large messages are, acknowledged or not.
    if (this.window.exhausted && !this.window.full) this.grant([]);
    this.arrivals.gather();
  }

  private read(text: Buffer): ReceivedMessage | null {
    try {
      const { fields: frame, data } = readConsumerFrame(text);
      // Other frames exist (end of topic, authentication challenges): nothing in them is ours to answer.
      if (typeof frame.messageId !== 'string') return null;
      const key = frame.key ? frame.key : null;
      const properties = frame.properties ?? {};
      const bytes = heldBytes({ data, key, properties });
      this.window.arrived(bytes);
      const encryption = frame.encryptionContext;
      const lostPermits = Math.max(0, (encryption?.batchSize ?? 1) - 1);
      return {
        topic: this.topic,
        messageId: decodeMessageId(frame.messageId),
        data,
        publishedAt: parseBrokerTime(frame.publishTime),
        eventTime: frame.eventTime ? parseBrokerTime(frame.eventTime) : null,
        key,
        properties,
        encryption: encryption ? JSON.stringify(encryption) : null,
        ...NOT_TOLD,
        receipt: new Receipt(this.current, frame.messageId, bytes, performance.now(), lostPermits),
      };
    } catch (error) {
      // No broker was ever seen to send it. It is not acknowledged, so the broker keeps it; without an identity nothing may be recorded.
      this.endpoint.log.warn({ topic: this.topic, err: error }, 'unreadable frame from Pulsar, left at the broker');
      return null;
    }
  }

  /** The messages of the lost connection come again: neither wait for their acknowledgement nor hand them out. */
  private forget(): void {
    this.current++;
    this.lostPermits = 0;
    this.arrivals.clear();
    this.paused = false;
    this.window.reset();
  }
}
