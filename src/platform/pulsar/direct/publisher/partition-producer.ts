import { Clock } from '../../../clock/clock.js';
import { decodeMessage, type CommandPlace } from '../codec/commands.js';
import { encodeEntry } from '../codec/outgoing-entry.js';
import { COMMANDS } from '../codec/protocol.js';
import type { BrokerDirectory } from '../connection/broker-directory.js';
import type { BrokerSession } from '../connection/broker-session.js';
import { serverError } from '../connection/broker-refusal.js';
import { TopicConnection, type TopicUser } from '../connection/topic-connection.js';
import type { OutgoingMessage } from '../../message-broker.port.js';
import { PublishError } from '../../publish-error.js';
import { Signal } from '../../signal.js';

/** The only producer of its connection. */
const PRODUCER_ID = 1;
/** A batch ends with so many messages or bytes, or this long after it began. */
const MAX_BATCH = 1_000;
const MAX_BATCH_BYTES = 128 * 1024;
const BATCH_DELAY_MS = 5;
/** A publish waits this long for a lost connection to come back: most do within a second. */
const CONNECT_TIMEOUT_MS = 3_000;
const DRAIN_TIMEOUT_MS = 5_000;
/** The most bytes of an entry beside its payload. */
const ENVELOPE_BYTES = 1024;

const clock = new Clock();

interface Pending {
  readonly message: OutgoingMessage;
  readonly resolve: (messageId: string) => void;
  readonly reject: (error: PublishError) => void;
}

/** A producer for one topic or partition, on a connection of its own. */
export class PartitionProducer implements TopicUser {
  private readonly drained = new Signal();
  private readonly topic: TopicConnection;
  /** The broker's name for it, kept over connections; null: it has none yet. */
  private producerName: string | null = null;
  private epoch = 0;
  private sequence = 0;
  private batch: Pending[] = [];
  private batchBytes = 0;
  private batchTimer: NodeJS.Timeout | undefined;
  /** Sent and not confirmed, by the sequence id of the first. */
  private readonly sent = new Map<number, readonly Pending[]>();

  constructor(
    directory: BrokerDirectory,
    /** The name, with `-partition-N` if it is a partition. */
    private readonly name: string,
    private readonly partition: number,
  ) {
    this.topic = new TopicConnection(directory, name, 'producer', this);
  }

  /** @throws PublishError */
  async publish(message: OutgoingMessage): Promise<string> {
    if (!this.topic.usable && !this.topic.closed) await this.topic.decided.within(CONNECT_TIMEOUT_MS);
    const { usable: session } = this.topic;
    if (session === null || this.topic.closed) throw this.notSent(this.topic.state().reason ?? 'connection lost');
    const bytes = sizeOf(message);
    if (bytes + ENVELOPE_BYTES > session.maxMessageBytes)
      throw this.notSent(`${bytes} bytes are more than the broker's ${session.maxMessageBytes}`);
    return new Promise((resolve, reject) => {
      if (this.batchBytes + bytes > MAX_BATCH_BYTES) this.flush();
      this.batchBytes += bytes;
      const count = this.batch.push({ message, resolve, reject });
      if (count >= MAX_BATCH || this.batchBytes >= MAX_BATCH_BYTES) this.flush();
      else this.batchTimer ??= setTimeout(() => this.flush(), BATCH_DELAY_MS);
    });
  }

  /** Waits up to 5 s for outstanding confirmations; what is unconfirmed then rejects with an unknown outcome. */
  async close(): Promise<void> {
    this.flush();
    if (this.sent.size > 0) await this.drained.within(DRAIN_TIMEOUT_MS);
    await this.topic.close();
  }

  onMessage(): void {}

  onCommand(type: number, frame: Buffer, { start, end }: CommandPlace): void {
    if (type === COMMANDS.CommandSendReceipt) {
      const receipt = decodeMessage('CommandSendReceipt', frame, start, end);
      const id = receipt?.message_id;
      this.confirm(receipt?.sequence_id, (pending, place) =>
        pending.resolve(`${id?.ledger_id}:${id?.entry_id}:${this.partition}:${place}`),
      );
    } else if (type === COMMANDS.CommandSendError) {
      const refusal = decodeMessage('CommandSendError', frame, start, end);
      const { reason } = serverError(refusal?.error, refusal?.message);
      this.confirm(refusal?.sequence_id, ({ reject }) => reject(this.unconfirmed(reason)));
    }
  }

  private flush(): void {
    clearTimeout(this.batchTimer);
    this.batchTimer = undefined;
    const { batch, producerName } = this;
    const { usable: session } = this.topic;
    if (batch.length === 0) return;
    this.batch = [];
    this.batchBytes = 0;
    if (session === null || producerName === null) return this.abandon(batch, 'connection lost');
    const sequenceId = this.sequence;
    this.sequence += batch.length;
    this.sent.set(sequenceId, batch);
    const messages = batch.map(({ message }) => message);
    session.send(
      encodeEntry({ producerId: PRODUCER_ID, producerName, sequenceId, publishTime: clock.now(), messages }),
    );
  }

  /** @param confirmed gets each pending message with the place in the batch; -1: it was sent by itself */
  private confirm(sequenceId: number | undefined, confirmed: (pending: Pending, place: number) => void): void {
    const batch = this.sent.get(sequenceId ?? -1);
    if (!batch) return;
    this.sent.delete(sequenceId!);
    batch.forEach((pending, index) => confirmed(pending, batch.length === 1 ? -1 : index));
    if (this.sent.size === 0) this.drained.raise();
  }

  async begin(session: BrokerSession): Promise<void> {
    const { producer_name: name } = await session.request('CommandProducer', {
      topic: this.name,
      producer_id: PRODUCER_ID,
      epoch: this.epoch++,
      ...(this.producerName !== null && { producer_name: this.producerName, user_provided_producer_name: false }),
    });
    this.producerName = name ?? this.producerName;
  }

  lost(reason: string): void {
    const lost = [...this.sent.values()].flat();
    this.sent.clear();
    this.drained.raise();
    for (const { reject } of lost) reject(this.unconfirmed(`connection lost, and it may be stored: ${reason}`));
    this.flush();
  }

  private abandon(batch: readonly Pending[], reason: string): void {
    for (const { reject } of batch) reject(this.notSent(reason));
  }

  private notSent(reason: string): PublishError {
    return new PublishError(`not published to ${this.name}: ${reason}`, 'not_sent');
  }

  private unconfirmed(reason: string): PublishError {
    return new PublishError(`no confirmation from ${this.name}: ${reason}`, 'unknown');
  }
}

function sizeOf({ data, key, properties }: OutgoingMessage): number {
  let bytes = data.length + Buffer.byteLength(key ?? '');
  for (const [name, value] of Object.entries(properties ?? {}))
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  return bytes;
}
