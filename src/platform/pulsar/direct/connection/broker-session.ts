import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { decodeMessage, encodeCommand, findCommand, type CommandPlace } from '../codec/commands.js';
import { FrameReader } from '../codec/frame-reader.js';
import { COMMANDS, type CommandName, type MessageValues } from '../codec/protocol.js';
import { ProtobufReader } from '../codec/protobuf-reader.js';
import { hostAndPort, type BrokerAddress } from '../../broker-address.js';
import type { BrokerProof, SignIn } from '../../credentials/broker-proof.js';
import { describeSocketError, serverError } from './broker-refusal.js';
import { ANSWERS, PendingRequests, type Requests, type RequestValues } from './pending-requests.js';
import { ConnectionError, type ConnectionFailure } from '../../reconnect-delays.js';

const CLIENT_VERSION = 'monitoreo';
/** The version of the protocol that Pulsar 3.0 and later speak. */
const PROTOCOL_VERSION = 21;
const CONNECT_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;
/** The smallest that a frame may be bounded to, and what stands beside the largest message. */
const DEFAULT_MAX_MESSAGE_BYTES = 5 * 1024 * 1024;
const FRAME_MARGIN_BYTES = 64 * 1024;
/** A broker that names more is not believed. */
const LARGEST_MESSAGE_BYTES = 64 * 1024 * 1024;

export interface SessionOptions {
  readonly address: BrokerAddress;
  /** `host:port` of the broker behind a proxy. */
  readonly proxyTo: string | null;
  readonly proof: BrokerProof;
  /** PEM certificates of private authorities; null: those of Node. */
  readonly ca: string | null;
  /**
   * The time between pings. A broker that sends nothing during two of them is given up. A broker does the same with us after
   * 30 to 60 s.
   */
  readonly heartbeatMs: number;
}

/** The user of a session. Nothing of an ended session arrives any more. */
export interface SessionUser {
  /** A `MESSAGE` frame: the place of its command, and the begin and end of its content. */
  onMessage(frame: Buffer, place: CommandPlace, end: number): void;
  /** Any other command that answers no request. */
  onCommand(type: number, frame: Buffer, place: CommandPlace): void;
}

const PING = encodeCommand('CommandPing', {});
const PONG = encodeCommand('CommandPong', {});

/** One connection to a broker, from CONNECT to its end. `ended` never rejects. */
export class BrokerSession {
  readonly ended: Promise<ConnectionFailure & { readonly openForMs: number }>;
  /** The largest message that the broker takes. */
  maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES;
  user: SessionUser | null = null;

  private readonly socket: Socket;
  private readonly frames: FrameReader;
  private readonly reader = new ProtobufReader();
  private readonly requests = new PendingRequests();
  private failure: ConnectionFailure | undefined;
  private connectedAt: number | undefined;
  private welcome: (() => void) | null = null;
  private paused = false;
  private silentBeats = 0;
  private readBefore = 0;
  private heartbeat: NodeJS.Timeout | undefined;

  private constructor(readonly options: SessionOptions) {
    const { address, ca, proof } = options;
    const { host, port } = address;
    this.socket = address.tls
      ? connectTls({
          host,
          port,
          ...(ca && { ca }),
          ...proof.certificate,
          ...(/[a-z]/i.test(host) && !host.includes(':') && { servername: host }),
        })
      : connectPlain({ host, port });
    this.socket.setNoDelay(true);
    this.frames = new FrameReader(DEFAULT_MAX_MESSAGE_BYTES + FRAME_MARGIN_BYTES, (bytes, start, end) =>
      this.accept(bytes, start, end),
    );
    this.socket.on(address.tls ? 'secureConnect' : 'connect', () => this.introduce());
    this.socket.on('data', (piece) => this.check(this.frames.push(piece)));
    this.socket.on('error', (error) => this.fail(describeSocketError(error, hostAndPort(address))));
    this.ended = new Promise((resolve) => this.socket.once('close', () => resolve(this.finish())));
  }

  /**
   * @param signal aborted, it ends the session on the spot
   * @throws ConnectionError when there is no connection within 10 s, or the broker refuses it
   */
  static async open(options: SessionOptions, signal: AbortSignal): Promise<BrokerSession> {
    const session = new BrokerSession(options);
    const abort = () => session.fail('closed');
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    void session.ended.then(() => signal.removeEventListener('abort', abort));
    const deadline = setTimeout(
      () => session.fail(`${hostAndPort(options.address)} does not answer within ${CONNECT_TIMEOUT_MS / 1000} s`),
      CONNECT_TIMEOUT_MS,
    );
    const welcomed = new Promise<null>((resolve) => (session.welcome = () => resolve(null)));
    const end = await Promise.race([welcomed, session.ended]);
    clearTimeout(deadline);
    if (end !== null) throw new ConnectionError(end.reason, end.refused);
    return session;
  }

  get isOpen(): boolean {
    return this.connectedAt !== undefined && this.failure === undefined;
  }

  /** Sends whole frames. Without an open session they are dropped. */
  send(frames: Buffer): void {
    if (this.isOpen) this.socket.write(frames);
  }

  /** @throws ConnectionError when the broker refuses, does not answer in time, or is lost */
  request<C extends keyof Requests>(command: C, values: RequestValues<C>): Promise<MessageValues<Requests[C]>> {
    if (!this.isOpen) return Promise.reject(new ConnectionError(this.failure?.reason ?? 'not connected'));
    const { requestId, answer } = this.requests.begin(command);
    this.socket.write(encodeCommand(command, { ...values, request_id: requestId }));
    return answer;
  }

  /** Stops reading, so that TCP holds the broker back, and hands out nothing that is here already. */
  pause(): void {
    this.paused = true;
    this.frames.pause();
    this.socket.pause();
  }

  resume(): void {
    this.paused = false;
    this.silentBeats = 0;
    this.socket.resume();
    this.check(this.frames.resume());
  }

  /** Ends it on the spot. */
  fail(reason: string, refused = false): void {
    this.failure ??= { reason, refused };
    this.socket.destroy();
  }

  /** Sends what is queued, then ends. It reads on until the broker ends too: a reset would take the last words with it. */
  async close(): Promise<void> {
    this.failure ??= { reason: 'closed', refused: false };
    const deadline = setTimeout(() => this.socket.destroy(), CLOSE_TIMEOUT_MS);
    this.socket.resume();
    this.socket.end();
    await this.ended;
    clearTimeout(deadline);
  }

  private introduce(): void {
    const { proxyTo, proof } = this.options;
    this.socket.write(
      encodeCommand('CommandConnect', {
        client_version: CLIENT_VERSION,
        protocol_version: PROTOCOL_VERSION,
        ...proof.first(),
        ...(proxyTo !== null && { proxy_to_broker_url: proxyTo }),
        feature_flags: { supports_auth_refresh: true },
      }),
    );
    this.heartbeat = setInterval(() => this.beat(), this.options.heartbeatMs);
  }

  private accept(bytes: Buffer, start: number, end: number): void {
    if (this.failure !== undefined) return;
    const place = findCommand(this.reader, bytes, start, end);
    if (place === null) return this.fail('the broker sent what is no command');
    const { type } = place;
    if (type === COMMANDS.CommandMessage) this.user?.onMessage(bytes, place, end);
    else if (type === COMMANDS.CommandPing) this.socket.write(PONG);
    else if (type === COMMANDS.CommandConnected) this.connected(bytes, place);
    else if (type === COMMANDS.CommandAuthChallenge) void this.authenticateAgain();
    else if (ANSWERS.has(type)) this.answer(ANSWERS.get(type)!, bytes, place);
    else this.user?.onCommand(type, bytes, place);
  }

  private connected(bytes: Buffer, { start, end }: CommandPlace): void {
    const values = decodeMessage('CommandConnected', bytes, start, end);
    if (values === null || this.connectedAt !== undefined) return this.fail('the broker sent CONNECTED out of order');
    this.connectedAt = performance.now();
    if (values.max_message_size) this.maxMessageBytes = Math.min(values.max_message_size, LARGEST_MESSAGE_BYTES);
    this.frames.maxBytes = Math.max(DEFAULT_MAX_MESSAGE_BYTES, this.maxMessageBytes) + FRAME_MARGIN_BYTES;
    this.welcome?.();
  }

  /** The proof that the broker took before has expired, or is about to. */
  private async authenticateAgain(): Promise<void> {
    let response: SignIn;
    try {
      response = await this.options.proof.again();
    } catch (error) {
      const { reason, refused } = error as ConnectionError;
      return this.fail(reason, refused);
    }
    this.socket.write(
      encodeCommand('CommandAuthResponse', {
        client_version: CLIENT_VERSION,
        response,
        protocol_version: PROTOCOL_VERSION,
      }),
    );
  }

  private answer(name: CommandName, bytes: Buffer, { start, end }: CommandPlace): void {
    const values = decodeMessage(name, bytes, start, end) as Record<string, unknown> | null;
    if (values === null) return this.fail('the broker sent an answer that cannot be read');
    if (this.requests.answer(name, values) || name !== 'CommandError') return;
    // The answer to CONNECT names no request.
    const error = serverError(values.error as number | undefined, values.message as string | undefined);
    this.fail(error.reason + this.options.proof.flaw(), error.refused);
  }

  private check(wrongSize: number | null): void {
    if (wrongSize !== null) this.fail(`the broker sent a frame of ${wrongSize} bytes, which cannot be one`);
  }

  /** Asks for a sign of life, and shows one: while nothing is read, the broker's own pings lie unread too. */
  private beat(): void {
    const { bytesRead } = this.socket;
    this.silentBeats = bytesRead !== this.readBefore || this.paused ? 0 : this.silentBeats + 1;
    this.readBefore = bytesRead;
    if (this.silentBeats >= 2) this.fail(`the broker has been silent for ${(2 * this.options.heartbeatMs) / 1000} s`);
    else if (this.isOpen) this.socket.write(PING);
  }

  private finish(): ConnectionFailure & { openForMs: number } {
    clearInterval(this.heartbeat);
    this.failure ??= { reason: 'the broker closed the connection', refused: false };
    this.requests.abandon(new ConnectionError(this.failure.reason, this.failure.refused));
    const openForMs = this.connectedAt === undefined ? 0 : performance.now() - this.connectedAt;
    return { ...this.failure, openForMs };
  }
}
