import { encodeCommand, type CommandPlace } from '../codec/commands.js';
import { timeOf } from '../codec/message-metadata.js';
import { COMMANDS, EARLIEST, SUBSCRIPTION_TYPE } from '../codec/protocol.js';
import type { BrokerDirectory } from '../connection/broker-directory.js';
import type { BrokerSession } from '../connection/broker-session.js';
import { TopicConnection, type TopicUser } from '../connection/topic-connection.js';
import type { ConnectionState, SubscriptionPosition } from '../../message-broker.port.js';
import type { WindowBounds } from '../../permit-window.js';
import { ConnectionError } from '../../reconnect-delays.js';
import type { ChunkMemory } from './chunked-messages.js';
import type { DeliveredEntry, EntryOrigin, EntryOwner, Receipt } from './delivered-entry.js';
import { EntryAcknowledgements } from './entry-acknowledgements.js';
import { EntryIntake, type EntryReceiver } from './entry-intake.js';
import { PermitAccount } from './permit-account.js';
import { idOf, toldPosition } from './told-position.js';

/** The only consumer of its connection. */
const CONSUMER_ID = 1;
/** How often a consumer of which nothing was heard asks whether the broker and we count the same permits. */
const CHECK_MS = 30_000;
/** The shortest time between two questions for the end of the acknowledged prefix. */
const PREFIX_MS = 1_000;

export interface PartitionConsumerOptions {
  /** The name, with `-partition-N` if it is a partition. */
  readonly topic: string;
  readonly parent: string;
  /** -1: not partitioned. */
  readonly partition: number;
  readonly subscription: string;
  readonly type: 'Shared' | 'Failover';
  readonly bounds: () => WindowBounds;
  readonly chunkMemory: ChunkMemory;
  /** Whether there still is such a topic or partition. Asked before each subscribing, which would make it anew. */
  readonly isThere: (session: BrokerSession) => Promise<boolean>;
  readonly onReady: (entry: DeliveredEntry) => void;
  /** Messages that came on that connection and are not settled come again. */
  readonly onLost: (origin: EntryOrigin, held: { messages: number; bytes: number }) => void;
}

/**
 * A consumer of one topic or partition, on a connection of its own: a full window of one topic does not keep another from
 * being read.
 */
export class PartitionConsumer implements TopicUser, EntryReceiver, EntryOwner {
  private readonly permits: PermitAccount;
  private readonly acknowledgements: EntryAcknowledgements;
  private readonly intake: EntryIntake;
  private readonly topic: TopicConnection;
  /** The origin of entries on the connection that is open now. */
  private origin: EntryOrigin;
  private paused = false;
  private permitsUncertain = false;
  /** The broker said that nothing more can come. */
  private terminated = false;
  private arrivedSinceCheck = 0;
  private prefixAskedAt = -Infinity;
  private checking: NodeJS.Timeout | undefined;

  constructor(
    directory: BrokerDirectory,
    private readonly options: PartitionConsumerOptions,
  ) {
    this.permits = new PermitAccount(options.bounds);
    this.acknowledgements = new EntryAcknowledgements(CONSUMER_ID, options.type === 'Failover');
    this.intake = new EntryIntake(this, options.chunkMemory);
    this.origin = this.newOrigin();
    this.topic = new TopicConnection(directory, options.topic, 'consumer', this);
  }

  /** Nothing more comes before messages are settled. */
  get stopped(): boolean {
    return this.paused || this.permits.exhausted;
  }

  /** The number of entries that came and cannot be acknowledged, as chunks wait for others of their message; 0: none waits. */
  get held(): number {
    return this.intake.unfinished ? Math.max(this.intake.held, this.acknowledgements.waiting) : 0;
  }

  /** The connection for questions to its broker; null while there is none. */
  get connection(): BrokerSession | null {
    return this.topic.usable;
  }

  state(): ConnectionState {
    return this.topic.state();
  }

  close(): Promise<void> {
    return this.topic.close();
  }

  /** The position as the protocol tells it; null: it tells nothing, now or by this broker. */
  async position(): Promise<SubscriptionPosition | null> {
    const { connection, held, terminated } = this;
    const told = connection && (await toldPosition(connection, CONSUMER_ID, this.options.partition));
    return told && { ...told, held, ...(terminated && { terminated }) };
  }

  isCurrent({ origin }: DeliveredEntry): boolean {
    return origin === this.origin;
  }

  settle({ entry, bytes }: Receipt): void {
    this.permits.settled(1, bytes);
    if (--entry.unsettled > 0) return;
    this.acknowledgements.finish(entry);
    this.permitsUncertain ||= entry.permitsUncertain;
  }

  /** Acknowledges what can be, at once, and grants the permits that were freed. */
  flush(): void {
    const acknowledgement = this.acknowledgements.take();
    const { session } = this.topic;
    if (acknowledgement) session?.send(acknowledgement);
    if (session !== null && this.acknowledgements.interrupted && performance.now() - this.prefixAskedAt >= PREFIX_MS) {
      this.prefixAskedAt = performance.now();
      void this.askForPrefix(session);
    }
    if (this.permitsUncertain) this.topic.renew();
    else this.grant();
  }

  async begin(session: BrokerSession): Promise<void> {
    const { topic, subscription, type, isThere } = this.options;
    if (!(await isThere(session))) throw new ConnectionError('the topic was made again with other partitions');
    await session.request('CommandSubscribe', {
      topic,
      subscription,
      sub_type: SUBSCRIPTION_TYPE[type],
      consumer_id: CONSUMER_ID,
      initial_position: EARLIEST,
    });
    if (type === 'Failover') await this.askForPrefix(session);
    if (!session.isOpen) throw new ConnectionError('the connection was lost while it began');
    this.checking = setInterval(() => void this.check(session), CHECK_MS);
    this.grant();
  }

  /** The messages of the lost connection come again: neither wait for their acknowledgement nor hand them out. */
  lost(): void {
    clearInterval(this.checking);
    const { origin } = this;
    const { held } = this.permits;
    this.origin = this.newOrigin();
    this.paused = false;
    this.permitsUncertain = false;
    this.terminated = false; // the next topic of the name may take messages again
    this.arrivedSinceCheck = 0;
    this.prefixAskedAt = -Infinity;
    this.intake.reset();
    this.acknowledgements.reset();
    this.permits.reset();
    this.options.onLost(origin, held);
  }

  onMessage(frame: Buffer, place: CommandPlace, end: number): void {
    this.arrivedSinceCheck++;
    if (!this.intake.accept(frame, place, end, this.origin))
      return this.topic.session?.fail('the broker sent a message without an address');
    if (this.permits.full && !this.paused) {
      this.paused = true;
      this.topic.session?.pause();
    }
    // The first permits are few: more follow once they have shown how large messages are, acknowledged or not.
    if ((this.permits.exhausted && !this.permits.full) || this.intake.unfinished) this.grant();
  }

  /** A change of the active consumer, among others, is nothing that is ours to answer. */
  onCommand(type: number): void {
    this.terminated ||= type === COMMANDS.CommandReachedEndOfTopic;
  }

  spent(permits: number): void {
    this.permits.arrived(permits, 0, 0);
  }

  arrived(entry: DeliveredEntry): void {
    this.acknowledgements.arrived(entry);
  }

  ready(entry: DeliveredEntry): void {
    this.permits.arrived(0, entry.remaining, entry.remainingBytes);
    this.options.onReady(entry);
  }

  empty(entry: DeliveredEntry): void {
    this.acknowledgements.finish(entry);
    this.flush();
  }

  private grant(): void {
    if (this.paused && !this.permits.full) {
      this.paused = false;
      this.topic.session?.resume();
    }
    const permits = this.permits.take(this.intake.unfinished);
    if (permits > 0)
      this.topic.session?.send(encodeCommand('CommandFlow', { consumer_id: CONSUMER_ID, message_permits: permits }));
  }

  /** Gives up chunks that wait too long, and the connection to a broker that has no permits left by its own count while it has some by ours. */
  private async check(session: BrokerSession): Promise<void> {
    this.intake.expire();
    const quiet = () => this.arrivedSinceCheck === 0 && !this.stopped;
    const ask = quiet();
    this.arrivedSinceCheck = 0;
    if (!ask || !session.isOpen) return;
    try {
      const { available_permits: left } = await session.request('CommandConsumerStats', { consumer_id: CONSUMER_ID });
      if (left !== undefined && timeOf(left) <= 0 && quiet())
        session.fail('the broker counts other permits than we do: subscribing again');
    } catch {
      // A broker that is away is noticed elsewhere. A broker that does not know the question cannot be asked.
    }
  }

  /** Asks the broker where the acknowledged prefix ends; until that is known, `Failover` acknowledges entry by entry. */
  private async askForPrefix(session: BrokerSession): Promise<void> {
    try {
      const { consumer_mark_delete_position: settled } = await session.request('CommandGetLastMessageId', {
        consumer_id: CONSUMER_ID,
      });
      if (settled && session === this.topic.session) this.acknowledgements.confirm(idOf(settled));
    } catch {
      // A connection that is lost says so elsewhere; a broker that does not know the position cannot be asked.
    }
  }

  private newOrigin(): EntryOrigin {
    return { topic: this.options.parent, partition: this.options.partition, owner: this };
  }
}
