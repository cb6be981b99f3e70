import type { CommandPlace } from '../codec/commands.js';
import { decodeMessage, encodeCommand } from '../codec/commands.js';
import { timeOf } from '../codec/message-metadata.js';
import { COMMANDS, EARLIEST, SUBSCRIPTION_TYPE } from '../codec/protocol.js';
import type { BrokerDirectory } from '../connection/broker-directory.js';
import type { BrokerSession, SessionUser } from '../connection/broker-session.js';
import { ConnectionError } from '../connection/connection-error.js';
import type { ConnectionState } from '../../message-broker.port.js';
import type { WindowBounds } from '../../permit-window.js';
import { ReconnectDelays, type ConnectionFailure } from '../../reconnect-delays.js';
import type { ChunkMemory } from './chunked-messages.js';
import type { DeliveredEntry, EntryOrigin, EntryOwner, Receipt } from './delivered-entry.js';
import { EntryAcknowledgements } from './entry-acknowledgements.js';
import { EntryIntake, type EntryReceiver } from './entry-intake.js';
import { PermitAccount } from './permit-account.js';

/** The only consumer of its connection. */
const CONSUMER_ID = 1;
/** A session that was open this long counts as healthy: the next failure starts from the shortest delay. */
const HEALTHY_AFTER_MS = 10_000;
/** How often a consumer of which nothing was heard asks whether the broker and we count the same permits. */
const CHECK_MS = 30_000;

export interface PartitionConsumerOptions {
  /** With `-partition-N`, if it is one. */
  readonly topic: string;
  readonly parent: string;
  /** -1: not partitioned. */
  readonly partition: number;
  readonly subscription: string;
  readonly type: 'Shared' | 'Failover';
  readonly bounds: () => WindowBounds;
  readonly chunkMemory: ChunkMemory;
  readonly onReady: (entry: DeliveredEntry) => void;
  /** What came on that connection and is not settled comes again. */
  readonly onLost: (origin: EntryOrigin, held: { messages: number; bytes: number }) => void;
}

/**
 * A consumer of one topic or partition, on a connection of its own, which is opened again whenever it ends. A full window of
 * one topic does not keep another from being read.
 */
export class PartitionConsumer implements SessionUser, EntryReceiver, EntryOwner {
  private readonly permits: PermitAccount;
  private readonly acknowledgements: EntryAcknowledgements;
  private readonly intake: EntryIntake;
  private readonly closing = new AbortController();
  /** Ends attempts to connect; a session that is there is closed instead, behind what it has to say. */
  private readonly connecting = new AbortController();
  private readonly finished: Promise<void>;
  private session: BrokerSession | null = null;
  private subscribed = false;
  private origin: EntryOrigin;
  private lastFailure: string | null = null;
  private paused = false;
  private renewing = false;
  private arrivedSinceCheck = 0;

  constructor(
    private readonly directory: BrokerDirectory,
    readonly options: PartitionConsumerOptions,
  ) {
    this.permits = new PermitAccount(options.bounds);
    this.acknowledgements = new EntryAcknowledgements(CONSUMER_ID, options.type === 'Failover');
    this.intake = new EntryIntake(this, options.chunkMemory);
    this.origin = this.newOrigin();
    this.finished = this.run();
  }

  /** Nothing more comes before messages are settled. */
  get stopped(): boolean {
    return this.paused || this.permits.exhausted;
  }

  /** For questions to its broker; null while there is none. */
  get connection(): BrokerSession | null {
    return this.subscribed ? this.session : null;
  }

  state(): ConnectionState {
    if (this.closing.signal.aborted) return { connected: false, reason: 'closed' };
    if (this.subscribed) return { connected: true, reason: null };
    return { connected: false, reason: this.lastFailure ?? 'connecting' };
  }

  isCurrent({ origin }: DeliveredEntry): boolean {
    return origin === this.origin;
  }

  /** One message is settled; `flush()` tells the broker. */
  settle({ entry, bytes }: Receipt): void {
    this.permits.settled(1, bytes);
    if (--entry.unsettled > 0) return;
    this.acknowledgements.finish(entry);
    this.renewing ||= entry.permitsUncertain;
  }

  /** Acknowledges what can be, as one command, and grants the permits that were freed. */
  flush(): void {
    const acknowledgement = this.acknowledgements.take();
    if (acknowledgement) this.session?.send(acknowledgement);
    if (this.renewing) void this.session?.close();
    else this.grant();
  }

  async close(): Promise<void> {
    this.closing.abort();
    if (this.session) await this.session.close();
    else this.connecting.abort();
    await this.finished;
  }

  onMessage(frame: Buffer, place: CommandPlace, end: number): void {
    this.arrivedSinceCheck++;
    if (!this.intake.accept(frame, place, end, this.origin))
      return this.session?.fail('the broker sent a message without an address');
    if (this.permits.full && !this.paused) {
      this.paused = true;
      this.session?.pause();
    }
    // The first permits are few: more follow once they have shown how large messages are, acknowledged or not.
    if (this.permits.exhausted && !this.permits.full) this.grant();
    else if (this.intake.unfinished) this.grant();
  }

  onCommand(type: number, frame: Buffer, { start, end }: CommandPlace): void {
    if (type === COMMANDS.CommandTopicMigrated) {
      const moved = decodeMessage('CommandTopicMigrated', frame, start, end);
      this.directory.move({ plain: moved?.broker_service_url, tls: moved?.broker_service_url_tls });
      this.session?.fail('the topic has moved to another cluster');
    } else if (type === COMMANDS.CommandCloseConsumer) this.session?.fail('the broker gave the topic away');
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
      this.session?.resume();
    }
    const permits = this.permits.take(this.intake.unfinished);
    if (permits > 0)
      this.session?.send(encodeCommand('CommandFlow', { consumer_id: CONSUMER_ID, message_permits: permits }));
  }

  private async run(): Promise<void> {
    const { signal } = this.closing;
    const delays = new ReconnectDelays();
    while (!signal.aborted) {
      const end = await this.attempt();
      this.forget();
      if (signal.aborted) return;
      if (!this.renewing) this.report(end.reason);
      if (this.renewing || end.openForMs >= HEALTHY_AFTER_MS) delays.reset();
      this.renewing = false;
      await delays.wait(end, signal);
    }
  }

  /** From the lookup to the end of the session. */
  private async attempt(): Promise<ConnectionFailure & { openForMs: number }> {
    try {
      const session = await this.directory.connectToOwner(this.options.topic, this.connecting.signal);
      this.session = session;
      if (this.closing.signal.aborted) void session.close();
      session.user = this;
      await this.subscribe(session);
      const check = setInterval(() => void this.check(session), CHECK_MS);
      const end = await session.ended;
      clearInterval(check);
      return end;
    } catch (error) {
      await this.session?.close();
      const { reason, refused } = error instanceof ConnectionError ? error : unexpected(error);
      return { reason, refused, openForMs: 0 };
    }
  }

  private async subscribe(session: BrokerSession): Promise<void> {
    const { topic, subscription, type, parent } = this.options;
    await session.request('CommandSubscribe', {
      topic,
      subscription,
      sub_type: SUBSCRIPTION_TYPE[type],
      consumer_id: CONSUMER_ID,
      initial_position: EARLIEST,
    });
    this.subscribed = true;
    const again = this.lastFailure === null ? 'Pulsar connected' : 'Pulsar connected again';
    this.directory.log.info({ purpose: `consumer of ${topic === parent ? parent : topic}` }, again);
    this.lastFailure = null;
    this.grant();
  }

  /** Gives up chunks that wait too long; and a broker that has no permits left by its own count, while it has by ours. */
  private async check(session: BrokerSession): Promise<void> {
    this.intake.expire();
    const quiet = this.arrivedSinceCheck === 0 && !this.stopped;
    this.arrivedSinceCheck = 0;
    if (!quiet || !session.isOpen) return;
    try {
      const { available_permits: left } = await session.request('CommandConsumerStats', { consumer_id: CONSUMER_ID });
      const still = this.arrivedSinceCheck === 0 && !this.stopped;
      if (left !== undefined && timeOf(left) <= 0 && still)
        session.fail('the broker counts other permits than we do: subscribing again');
    } catch {
      // A broker that is gone says so elsewhere; one that does not know the question cannot be asked.
    }
  }

  /** What the lost connection delivered comes again: neither wait for its acknowledgement nor hand it out. */
  private forget(): void {
    this.session = null;
    this.subscribed = false;
    this.paused = false;
    const { origin } = this;
    const { held } = this.permits;
    this.origin = this.newOrigin();
    this.arrivedSinceCheck = 0;
    this.intake.reset();
    this.acknowledgements.reset();
    this.permits.reset();
    this.options.onLost(origin, held);
  }

  private newOrigin(): EntryOrigin {
    return { topic: this.options.parent, partition: this.options.partition, owner: this };
  }

  /** One line per outage and reason, however many attempts it takes. */
  private report(reason: string): void {
    const purpose = `consumer of ${this.options.topic}`;
    if (this.lastFailure !== reason) this.directory.log.warn({ purpose, reason }, 'Pulsar not connected, trying again');
    this.lastFailure = reason;
  }
}

/** A defect of ours must not end the consumer for good. */
const unexpected = (error: unknown): ConnectionFailure => ({
  reason: `unexpected: ${error instanceof Error ? error.message : String(error)}`,
  refused: false,
});
