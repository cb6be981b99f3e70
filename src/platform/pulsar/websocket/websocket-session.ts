import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket, type RawData } from 'ws';
import type { ClientCertificate } from '../credentials/certificates.js';
import type { ConnectionFailure } from '../reconnect-delays.js';
import { textFrames } from './text-frames.js';

/** A message in chunks comes whole: 64 MiB of payload are 85.4 MiB in base64; properties come on top. */
const MAX_FRAME_BYTES = 92 * 1024 * 1024;
const TOO_LARGE =
  'stalled: a message is larger than 64 MiB, and the broker sends nothing behind it; publish less in one message, and skip it (pulsar-admin topics skip)';
const HANDSHAKE_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;
/**
 * The broker writes each frame by itself, so the socket is read in pulses and not once for each frame. This halved the CPU
 * per message (11 to 5.5 µs, 300 B, 22,000 messages a second) and cost no throughput. With pulses of 5 ms a third of the
 * rate was lost.
 */
const PULSE_MS = 2;
/** A single read (64 kB) holds so few larger frames that waiting for more of them would only slow them down. */
const SMALL_FRAME_BYTES = 4_096;
const REFUSALS = new Set([400, 401, 403, 404]);

export interface SessionOptions {
  readonly url: string;
  readonly token: string | null;
  /** PEM certificates of private authorities; null: those of Node. */
  readonly ca: string | null;
  /** The certificate that we show where the broker asks for it. */
  readonly certificate?: ClientCertificate | null;
  /** The server pings nobody and drops silent clients after 300 s, so the client pings, this often. */
  readonly heartbeatMs: number;
  readonly onOpen: () => void;
  readonly onText: (text: Buffer) => void;
}

interface SessionFailure extends ConnectionFailure {
  /** A message came that is above what the service takes. */
  readonly tooLarge?: true;
}

export interface SessionEnd extends SessionFailure {
  /** How long the session was open, milliseconds; 0: it never was. */
  readonly openForMs: number;
}

/** One WebSocket from handshake to its end. `ended` never rejects, and resolves only when the socket is closed. */
export class WebSocketSession {
  readonly ended: Promise<SessionEnd>;
  private readonly socket: WebSocket;
  private transport: Socket | undefined;
  private failure: SessionFailure | undefined;
  private openedAt: number | undefined;
  private heard = true;
  private readBefore = 0;
  private held = false;
  private pulse: NodeJS.Timeout | undefined;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(private readonly options: SessionOptions) {
    this.socket = new WebSocket(options.url, {
      headers: { accept: 'application/json', ...(options.token && { authorization: `Bearer ${options.token}` }) },
      ...(options.ca && { ca: options.ca }),
      ...options.certificate,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
      followRedirects: false,
      // A frame with broken UTF-8 must not cost the connection again and again: it decodes to U+FFFD instead.
      skipUTF8Validation: true,
    });
    this.socket.on('upgrade', (response) => (this.transport = response.socket));
    this.socket.on('open', () => this.open());
    this.socket.on('message', (data: RawData) => {
      this.heard = true;
      const text = data as Buffer; // binaryType is nodebuffer, so it is one Buffer
      if (text.length <= SMALL_FRAME_BYTES) this.pulse ??= this.startPulse();
      options.onText(text);
    });
    this.socket.on('pong', () => (this.heard = true));
    this.socket.on('unexpected-response', (_request, response) => void this.refuse(response));
    this.socket.on('error', (error) => (this.failure ??= failureOf(error, options.url)));
    this.ended = new Promise((resolve) => this.socket.on('close', (code, text) => resolve(this.end(code, text))));
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /**
   * Sends the texts in one burst: one write to the system, which doubles the rate of acknowledgements. It goes past the
   * library, which holds nothing back that could be overtaken, as nothing is compressed.
   */
  send(texts: readonly string[]): void {
    if (this.isOpen && texts.length > 0) this.transport!.write(textFrames(texts));
  }

  /** Stops reading, so that TCP holds the broker back. */
  pause(): void {
    this.held = true;
    this.socket.pause();
  }

  resume(): void {
    this.held = false;
    // Frames that came before the pause still lie unread, the pong included.
    this.heard = true;
    if (!this.pulse) this.socket.resume();
  }

  /** Sends what is queued and says goodbye; a broker that does not answer is cut off. */
  close(): void {
    this.failure ??= { reason: 'closed', refused: false };
    this.held = false;
    const deadline = setTimeout(() => this.socket.terminate(), CLOSE_TIMEOUT_MS);
    this.socket.once('close', () => clearTimeout(deadline));
    this.socket.resume();
    this.socket.close(1000);
  }

  terminate(reason: string): void {
    this.failure ??= { reason, refused: false };
    this.socket.terminate();
  }

  private open(): void {
    this.openedAt = performance.now();
    this.heartbeat = setInterval(() => this.beat(), this.options.heartbeatMs);
    this.options.onOpen();
  }

  private startPulse(): NodeJS.Timeout {
    this.socket.pause();
    return setTimeout(() => {
      this.pulse = undefined;
      if (!this.held) this.socket.resume();
    }, PULSE_MS);
  }

  private beat(): void {
    // No pong comes within a frame, and a large one may take longer than this.
    const read = this.transport?.bytesRead ?? 0;
    if (!this.heard && !this.held && read === this.readBefore) {
      this.terminate(`the broker has been silent for ${this.options.heartbeatMs / 1000} s`);
      return;
    }
    this.heard = false;
    this.readBefore = read;
    this.socket.ping();
  }

  private async refuse(response: IncomingMessage): Promise<void> {
    const status = response.statusCode ?? 0;
    const text = await readStart(response);
    this.failure ??= { reason: describeRefusal(status, text), refused: REFUSALS.has(status) };
    this.socket.terminate();
  }

  private end(code: number, text: Buffer): SessionEnd {
    clearInterval(this.heartbeat);
    clearTimeout(this.pulse);
    const detail = text.length > 0 ? `: ${text.toString()}` : '';
    const failure = this.failure ?? { reason: `the broker closed the connection (${code}${detail})`, refused: false };
    return { ...failure, openForMs: this.openedAt === undefined ? 0 : performance.now() - this.openedAt };
  }
}

const FIXES: Readonly<Record<number, string>> = {
  400: 'the broker does not accept the request',
  401: 'set PULSAR_TOKEN to a valid token',
  403: 'the role of PULSAR_TOKEN lacks the right to use this topic',
  404: 'the tenant or namespace does not exist, or the WebSocket service is off (webSocketServiceEnabled)',
  409: 'another consumer holds the subscription with another type',
};

/** The broker's HTTP answer to the handshake, in words for an operator. */
export function describeRefusal(status: number, body: string): string {
  const message =
    /"errorMsg\\?":\s*\\?"([^"\\]+)/.exec(body)?.[1] ?? /"message":\s*"((?:[^"\\]|\\.)*)"/.exec(body)?.[1];
  const detail = message ? ` (${message.slice(0, 200)})` : '';
  const fix = FIXES[status];
  return `the broker answered ${status}${detail}${fix ? `: ${fix}` : ''}`;
}

/** If it is asked for again, the message is as large. Reconnecting does not help; only a human can mend it. */
const failureOf = (error: Error, url: string): SessionFailure =>
  'code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
    ? { reason: TOO_LARGE, refused: true, tooLarge: true }
    : { reason: describeError(error, url), refused: false };

function describeError(error: Error, url: string): string {
  const { host } = new URL(url);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'ECONNREFUSED') return `nothing listens on ${host} (${code})`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the name in ${host} does not resolve (${code})`;
  return `${host}: ${error.message || code || error.name}`;
}

/** The first kilobytes of an answer, or what arrived of them before the socket's time-out. */
async function readStart(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk as Buffer);
      if ((size += (chunk as Buffer).length) > 8192) break;
    }
  } catch (error) {
    chunks.push(Buffer.from(` [cut short: ${error instanceof Error ? error.message : 'unknown'}]`));
  }
  return Buffer.concat(chunks).toString();
}
