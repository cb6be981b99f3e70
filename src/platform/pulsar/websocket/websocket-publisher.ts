import { bulkhead } from 'cockatiel';
import { decodeMessageId } from '../message-id.js';
import { Publisher, type OutgoingMessage } from '../message-broker.port.js';
import { PublishError } from '../publish-error.js';
import { Signal } from '../signal.js';
import { parseTopicName } from '../topic-name.js';
import type { WebSocketConnection } from './websocket-connection.js';
import type { WebSocketEndpoint } from './websocket-endpoint.js';

/** Messages sent and not confirmed; further ones wait their turn. Two of the broker's batches. */
const MAX_PENDING = 2_000;
/** The service closes the connection (1009) on a larger text frame: webSocketMaxTextFrameSize. */
const MAX_FRAME_BYTES = 1_048_576;
/** A publish waits this long for a lost connection to come back: most do within a second. */
const CONNECT_TIMEOUT_MS = 3_000;
const DRAIN_TIMEOUT_MS = 5_000;

interface Pending {
  readonly resolve: (messageId: string) => void;
  readonly reject: (error: PublishError) => void;
}

interface ProducerReply {
  readonly result?: unknown;
  readonly messageId?: string;
  readonly errorMsg?: string;
  readonly context?: string;
}

/** A producer over Pulsar's WebSocket API. */
export class WebSocketPublisher extends Publisher {
  private readonly topic: string;
  private readonly connection: WebSocketConnection;
  private readonly slots = bulkhead(MAX_PENDING, Infinity);
  private readonly pending = new Map<string, Pending>();
  private readonly connected = new Signal();
  private readonly drained = new Signal();
  private outgoing: string[] = [];
  private sent = 0;
  private closed = false;

  constructor(
    private readonly endpoint: WebSocketEndpoint,
    topic: string,
  ) {
    super();
    this.topic = parseTopicName(topic).full;
    this.connection = endpoint.connect({
      path: producerPath(topic),
      purpose: `producer of ${this.topic}`,
      onOpen: () => this.connected.raise(),
      onText: (text) => this.confirm(text),
      onLost: (reason) => this.lose(reason),
    });
  }

  /** @throws PublishError */
  publish(message: OutgoingMessage): Promise<string> {
    return this.slots.execute(() => this.send(message));
  }

  /** Waits up to 5 s for outstanding confirmations; what is unconfirmed then rejects with an unknown outcome. */
  async close(): Promise<void> {
    this.closed = true;
    this.connected.raise();
    if (this.pending.size > 0) await this.drained.within(DRAIN_TIMEOUT_MS);
    await this.connection.close();
  }

  private async send(message: OutgoingMessage): Promise<string> {
    const context = String(++this.sent);
    const frame = encode(message, context);
    if (frame.length * 3 > MAX_FRAME_BYTES && Buffer.byteLength(frame) > MAX_FRAME_BYTES)
      throw new PublishError(
        `message of ${message.data.length} bytes to ${this.topic}: the WebSocket service takes frames up to 1 MiB, which is about 768 kB of payload`,
        'not_sent',
      );
    if (!this.closed && !this.connection.state().connected) await this.connected.within(CONNECT_TIMEOUT_MS);
    const { connected, reason } = this.connection.state();
    if (this.closed || !connected)
      throw new PublishError(`not published to ${this.topic}: ${this.closed ? 'closed' : reason}`, 'not_sent');
    return new Promise((resolve, reject) => {
      this.pending.set(context, { resolve, reject });
      // All that is published in this turn of the event loop leaves in one write.
      if (this.outgoing.push(frame) === 1) setImmediate(() => this.flush());
    });
  }

  private flush(): void {
    this.connection.send(this.outgoing);
    this.outgoing = [];
  }

  private confirm(text: Buffer): void {
    const reply = this.parse(text);
    const pending = this.pending.get(reply?.context ?? '');
    if (!reply?.context || !pending) return;
    this.pending.delete(reply.context);
    if (typeof reply.storedAs === 'string') pending.resolve(reply.storedAs);
    else {
      const reason = reply.errorMsg ?? 'no reason given';
      pending.reject(new PublishError(`no confirmation from ${this.topic}: ${reason}`, 'unknown'));
      // The producer behind this connection refuses for ever, also when the topic was deleted and made again.
      if (reason.includes('TopicTerminated')) this.connection.restart('the topic is terminated');
    }
    if (this.pending.size === 0) this.drained.raise();
  }

  private parse(text: Buffer): (ProducerReply & { storedAs: string | null }) | null {
    try {
      const reply = JSON.parse(text.toString()) as ProducerReply;
      const stored = reply.result === 'ok' && typeof reply.messageId === 'string';
      return { ...reply, storedAs: stored ? decodeMessageId(reply.messageId) : null };
    } catch (error) {
      this.endpoint.log.warn({ topic: this.topic, err: error }, 'unreadable answer from Pulsar');
      return null;
    }
  }

  private lose(reason: string): void {
    this.outgoing = [];
    const lost = [...this.pending.values()];
    this.pending.clear();
    this.drained.raise();
    const message = `connection lost before ${this.topic} confirmed the message, which may be stored: ${reason}`;
    for (const { reject } of lost) reject(new PublishError(message, 'unknown'));
  }
}

/** Batching is off unless asked for, and costs the broker four times as much then. */
function producerPath(topicName: string): string {
  const { tenant, namespace, topic } = parseTopicName(topicName);
  const query = new URLSearchParams({
    batchingEnabled: 'true',
    batchingMaxMessages: '1000',
    batchingMaxPublishDelay: '5',
    maxPendingMessages: String(MAX_PENDING),
    sendTimeoutMillis: '30000',
  });
  return `/ws/v2/producer/persistent/${[tenant, namespace, topic].map(encodeURIComponent).join('/')}?${query.toString()}`;
}

const encode = ({ data, key, eventTime, properties }: OutgoingMessage, context: string): string =>
  JSON.stringify({
    payload: data.toString('base64'),
    context,
    properties,
    key,
    eventTime: eventTime === undefined ? undefined : new Date(eventTime).toISOString(),
  });
