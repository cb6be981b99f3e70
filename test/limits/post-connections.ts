import { connect, type Socket } from 'node:net';

export interface Answered {
  readonly status: number;
  /** Status line and headers. */
  readonly head: string;
  readonly body: string;
  /** When it was written to the connection, `performance.now()`. */
  readonly sentAt: number;
}

interface Waiting {
  readonly body: string;
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: Error) => void;
}

const END_OF_HEAD = '\r\n\r\n';

/**
 * Posts of JSON over connections that stay open, one at a time on each. Node's own client costs as much as the service that
 * turns a request away: with it 5,000 a second are more than one core can send.
 */
export class PostConnections {
  private readonly idle: Socket[] = [];
  private readonly queue: Waiting[] = [];
  private readonly busy = new Map<Socket, { waiting: Waiting; received: string; sentAt: number }>();
  private opening = 0;
  private closed = false;
  private readonly url: URL;

  /**
   * @param most connections at a time. Each is opened when a post waits for it: the service ends those that send nothing
   * for ten seconds, and to replace hundreds of them at once would disturb what is measured.
   */
  constructor(
    url: string,
    private readonly most: number,
  ) {
    this.url = new URL(url);
  }

  /** @throws Error when the connection ends without an answer */
  post(body: string): Promise<Answered> {
    return new Promise((resolve, reject) => {
      this.queue.push({ body, resolve, reject });
      this.pump();
    });
  }

  close(): void {
    this.closed = true;
    for (const socket of [...this.idle, ...this.busy.keys()]) socket.destroy();
  }

  private open(): void {
    this.opening += 1;
    const socket = connect({ host: this.url.hostname, port: Number(this.url.port), noDelay: true });
    socket.setEncoding('latin1');
    let connected = false;
    socket.once('connect', () => {
      connected = true;
      this.opening -= 1;
      if (this.closed) return void socket.destroy();
      this.idle.push(socket);
      this.pump();
    });
    socket.on('data', (text: string) => this.read(socket, text));
    socket.on('error', () => undefined);
    socket.once('close', () => (connected ? this.lost(socket) : this.refused()));
  }

  private pump(): void {
    const missing = this.queue.length - this.idle.length - this.opening;
    const room = this.most - this.idle.length - this.busy.size - this.opening;
    for (let more = Math.min(missing, room); more > 0; more -= 1) this.open();
    while (this.queue.length > 0 && this.idle.length > 0) {
      const [socket, waiting] = [this.idle.pop()!, this.queue.shift()!];
      this.busy.set(socket, { waiting, received: '', sentAt: performance.now() });
      const { host, pathname } = this.url;
      socket.write(
        `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${waiting.body.length}\r\n\r\n${waiting.body}`,
      );
    }
  }

  private read(socket: Socket, text: string): void {
    const under = this.busy.get(socket);
    if (under === undefined) return void socket.destroy();
    under.received += text;
    const end = under.received.indexOf(END_OF_HEAD);
    if (end < 0) return;
    const head = under.received.slice(0, end + 2);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const body = under.received.slice(end + END_OF_HEAD.length);
    if (body.length < length) return;
    this.busy.delete(socket);
    this.idle.push(socket);
    under.waiting.resolve({ status: Number(head.slice(9, 12)), head, body, sentAt: under.sentAt });
    this.pump();
  }

  /** One post fails with a connection that could not be opened, so that none waits for ever. */
  private refused(): void {
    this.opening -= 1;
    this.queue.shift()?.reject(new Error('no connection could be opened'));
    this.pump();
  }

  /** The service may end a connection after an answer. */
  private lost(socket: Socket): void {
    this.busy.get(socket)?.waiting.reject(new Error('the connection ended without an answer'));
    this.busy.delete(socket);
    const place = this.idle.indexOf(socket);
    if (place >= 0) this.idle.splice(place, 1);
    if (!this.closed) this.pump();
  }
}
