import { request, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { eventually } from '../support/waiting.js';

export interface Frame {
  readonly event: string;
  readonly id: string | null;
  readonly data: unknown;
}

/** A connection to /live/stream, read as the standard says. */
export class EventStream {
  readonly frames: Frame[] = [];
  retry: number | null = null;
  ended = false;
  private text = '';

  private constructor(
    private readonly asked: ClientRequest,
    private readonly response: IncomingMessage,
  ) {
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => this.read(chunk));
    response.on('close', () => (this.ended = true));
    response.on('error', () => undefined);
  }

  /** @param socketPath of a service that listens there, not at the address */
  static open(url: string, headers: Record<string, string> = {}, socketPath?: string): Promise<EventStream> {
    return new Promise((resolve, reject) => {
      const options = { headers, agent: false, ...(socketPath !== undefined && { socketPath }) };
      const asked = request(url, options, (response) => resolve(new EventStream(asked, response)));
      asked.on('error', reject).end();
    });
  }

  get status(): number {
    return this.response.statusCode ?? 0;
  }

  get headers(): IncomingHttpHeaders {
    return this.response.headers;
  }

  close(): void {
    this.asked.destroy();
  }

  stall(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  /** The first frame that passes. */
  async next(wanted: (frame: Frame) => boolean, what: string): Promise<Frame> {
    return eventually(() => this.frames.find(wanted) ?? false, { within: 10_000, what });
  }

  private read(chunk: string): void {
    this.text += chunk;
    for (let end = this.text.indexOf('\n\n'); end >= 0; end = this.text.indexOf('\n\n')) {
      this.take(this.text.slice(0, end).split('\n'));
      this.text = this.text.slice(end + 2);
    }
  }

  private take(lines: readonly string[]): void {
    const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? null;
    const [retry, data] = [field('retry'), field('data')];
    if (retry !== null) this.retry = Number(retry);
    if (data !== null)
      this.frames.push({ event: field('event') ?? 'message', id: field('id'), data: JSON.parse(data) });
  }
}
