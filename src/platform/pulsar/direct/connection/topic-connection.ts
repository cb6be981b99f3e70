import { decodeMessage, type CommandPlace } from '../codec/commands.js';
import { COMMANDS } from '../codec/protocol.js';
import type { ConnectionState } from '../../message-broker.port.js';
import type { BrokerAddress } from '../../broker-address.js';
import { ConnectionError, ReconnectDelays, type ConnectionFailure } from '../../reconnect-delays.js';
import { Signal } from '../../signal.js';
import type { BrokerDirectory } from './broker-directory.js';
import type { BrokerSession, SessionUser } from './broker-session.js';

/** A session that was open this long counts as healthy: the next failure starts from the shortest delay. */
const HEALTHY_AFTER_MS = 10_000;

/** The consumer or producer that a connection is for. */
export interface TopicUser extends Pick<SessionUser, 'onMessage' | 'onCommand'> {
  /** Signs in at the broker; when it resolves the connection counts as there. @throws ConnectionError */
  begin(session: BrokerSession): Promise<void>;
  /** The session has ended, and nothing of it arrives any more. It is called after every attempt. */
  lost(reason: string): void;
}

/** A session with the broker that owns a topic, opened again whenever it ends, one at a time. */
export class TopicConnection {
  /** The session, from the moment that the broker takes commands; null: there is none. */
  session: BrokerSession | null = null;
  /** Raised when it is usable, and when it is closed. */
  readonly decided = new Signal();
  private readonly closing = new AbortController();
  /** Ends attempts to connect. A session that is open is closed instead, after all that is queued was sent. */
  private readonly connecting = new AbortController();
  private readonly finished: Promise<void>;
  /** Where to ask for the broker that owns it. */
  private brokers: readonly BrokerAddress[];
  private begun = false;
  private renewing = false;
  private lastFailure: string | null = null;

  constructor(
    private readonly directory: BrokerDirectory,
    /** The name, with `-partition-N` if it is a partition. */
    private readonly topic: string,
    private readonly role: 'consumer' | 'producer',
    private readonly user: TopicUser,
  ) {
    this.brokers = directory.whereIs(topic);
    this.finished = Promise.resolve().then(() => this.run()); // the user is complete first
  }

  get closed(): boolean {
    return this.closing.signal.aborted;
  }

  /** The session, once the user's `begin()` has succeeded. */
  get usable(): BrokerSession | null {
    return this.begun ? this.session : null;
  }

  state(): ConnectionState {
    if (this.closed) return { connected: false, reason: 'closed' };
    if (this.begun) return { connected: true, reason: null };
    return { connected: false, reason: this.lastFailure ?? 'connecting' };
  }

  /** Says goodbye behind all that was sent; the next session follows soon. */
  renew(): void {
    this.renewing = true;
    void this.session?.close();
  }

  /** Sends what is queued, then closes. */
  async close(): Promise<void> {
    this.closing.abort();
    this.decided.raise();
    if (this.session) await this.session.close();
    else this.connecting.abort();
    await this.finished;
  }

  private async run(): Promise<void> {
    const delays = new ReconnectDelays();
    while (!this.closed) {
      const end = await this.attempt();
      this.session = null;
      this.begun = false;
      this.user.lost(end.reason);
      if (this.closed) return;
      if (!this.renewing) this.report(end.reason);
      if (this.renewing || end.openForMs >= HEALTHY_AFTER_MS) delays.reset();
      this.renewing = false;
      await delays.wait(end, this.closing.signal);
    }
  }

  /** Runs one session, from the lookup to its end. */
  private async attempt(): Promise<ConnectionFailure & { openForMs: number }> {
    try {
      const session = await this.directory.connectToOwner(this.topic, this.brokers, this.connecting.signal);
      this.session = session;
      if (this.closed) void session.close();
      session.user = {
        onMessage: (frame, place, end) => this.user.onMessage(frame, place, end),
        onCommand: (type, frame, place) => this.command(type, frame, place),
      };
      await this.user.begin(session);
      this.begun = true;
      this.decided.raise();
      const again = this.lastFailure === null ? 'Pulsar connected' : 'Pulsar connected again';
      this.directory.log.info({ purpose: `${this.role} of ${this.topic}` }, again);
      this.lastFailure = null;
      return await session.ended;
    } catch (error) {
      await this.session?.close();
      const failure = error instanceof ConnectionError ? error : new ConnectionError(`unexpected: ${String(error)}`);
      return { reason: failure.reason, refused: failure.refused, openForMs: 0 };
    }
  }

  private command(type: number, frame: Buffer, place: CommandPlace): void {
    if (type === COMMANDS.CommandTopicMigrated) {
      const moved = decodeMessage('CommandTopicMigrated', frame, place.start, place.end);
      this.move({ plain: moved?.broker_service_url, tls: moved?.broker_service_url_tls });
    } else if (type === COMMANDS.CommandCloseConsumer || type === COMMANDS.CommandCloseProducer)
      this.session?.fail('the broker gave the topic away');
    else this.user.onCommand(type, frame, place);
  }

  private move(urls: { plain: string | undefined; tls: string | undefined }): void {
    try {
      this.brokers = this.directory.move(this.topic, urls);
      this.session?.fail('the topic has moved to another cluster');
    } catch (error) {
      this.session?.fail(`the topic has moved to another cluster: ${(error as ConnectionError).reason}`, true);
    }
  }

  /** One line per outage and reason, however many attempts it takes. */
  private report(reason: string): void {
    const purpose = `${this.role} of ${this.topic}`;
    if (this.lastFailure !== reason) this.directory.log.warn({ purpose, reason }, 'Pulsar not connected, trying again');
    this.lastFailure = reason;
  }
}
