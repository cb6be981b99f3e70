import type { BrokerLog } from '../broker-log.js';
import type { ConnectionState } from '../message-broker.port.js';
import { ReconnectDelays } from '../reconnect-delays.js';
import { WebSocketSession, type SessionOptions } from './websocket-session.js';

/** A session that was open this long counts as healthy: the next failure starts from the shortest delay. */
const HEALTHY_AFTER_MS = 10_000;

/** The longest wait between two attempts is half of it: as long as each of them fails for the size, it shows. */
const STALLED_MS = 60_000;

export interface ConnectionOptions extends SessionOptions {
  /** Says in log lines what the connection is for: `consumer of persistent://…`. */
  readonly purpose: string;
  readonly log: BrokerLog;
  /** The session has ended, and nothing of it arrives any more. It is called once after each `onOpen`, and after failed attempts. */
  readonly onLost: (reason: string) => void;
}

/** A WebSocket that is opened again whenever it ends, one at a time: the old one is closed before the next is tried. */
export class WebSocketConnection {
  private readonly closing = new AbortController();
  private readonly finished: Promise<void>;
  private session: WebSocketSession | undefined;
  private lastFailure: string | null = null;
  private renewing = false;
  /** The broker takes every new connection, and then sends what ended the one before. */
  private stalledBy: string | null = null;
  private stalledUntil = 0;

  constructor(private readonly options: ConnectionOptions) {
    this.finished = this.run();
  }

  /** Sends in one burst; without an open session the texts are dropped. */
  send(texts: readonly string[]): void {
    this.session?.send(texts);
  }

  pause(): void {
    this.session?.pause();
  }

  resume(): void {
    this.session?.resume();
  }

  /** Drops the session on the spot; the next one follows. */
  restart(reason: string): void {
    this.session?.terminate(reason);
  }

  /** Says goodbye behind all that was sent; the next session follows soon. */
  renew(): void {
    this.renewing = true;
    this.session?.close();
  }

  state(): ConnectionState {
    if (this.closing.signal.aborted) return { connected: false, reason: 'closed' };
    if (performance.now() < this.stalledUntil) return { connected: false, reason: this.stalledBy };
    if (this.session?.isOpen) return { connected: true, reason: null };
    return { connected: false, reason: this.lastFailure ?? 'connecting' };
  }

  /** Sends what is queued, then closes. It resolves when the socket is closed. */
  async close(): Promise<void> {
    this.closing.abort();
    this.session?.close();
    await this.finished;
  }

  private async run(): Promise<void> {
    const { signal } = this.closing;
    const delays = new ReconnectDelays();
    while (!signal.aborted) {
      this.session = new WebSocketSession({ ...this.options, onOpen: () => this.opened() });
      const end = await this.session.ended;
      this.session = undefined;
      this.options.onLost(end.reason);
      if (signal.aborted) return;
      if (end.tooLarge) this.stall(end.reason);
      if (!this.renewing) this.report(end.reason);
      if (this.renewing || end.openForMs >= HEALTHY_AFTER_MS) delays.reset();
      this.renewing = false;
      await delays.wait(end, signal);
    }
  }

  private stall(reason: string): void {
    this.stalledBy = reason;
    this.stalledUntil = performance.now() + STALLED_MS;
  }

  private opened(): void {
    const { log, purpose } = this.options;
    log.info({ purpose }, this.lastFailure === null ? 'Pulsar connected' : 'Pulsar connected again');
    this.lastFailure = null;
    this.options.onOpen();
  }

  /** One line per outage and reason, however many attempts it takes. */
  private report(reason: string): void {
    if (this.lastFailure !== reason)
      this.options.log.warn({ purpose: this.options.purpose, reason }, 'Pulsar not connected, trying again');
    this.lastFailure = reason;
  }
}
