import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const FAILURES = ['refuses', 'hangs', 'fails', 'limits'] as const;
export type Failure = (typeof FAILURES)[number];

/** A region before the service, that passes on what comes or does not. */
export class FailingRegion {
  failure: Failure | null = null;
  /** The fate of each post: null was passed on. */
  readonly posts: (Failure | null)[] = [];
  /** The text of each post that has come as a whole. */
  readonly texts: string[] = [];
  private readonly server: Server;

  private constructor(private readonly service: string) {
    this.server = createServer((asked, answer) => this.handle(asked, answer));
  }

  static async before(service: string): Promise<FailingRegion> {
    const region = new FailingRegion(service);
    region.server.listen(0, '127.0.0.1');
    await once(region.server, 'listening');
    return region;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get passedOn(): number {
    return this.posts.filter((failure) => failure === null).length;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private handle(asked: IncomingMessage, answer: ServerResponse): void {
    if (asked.method === 'POST') {
      this.posts.push(this.failure);
      const parts: Buffer[] = [];
      asked.on('data', (part: Buffer) => parts.push(part));
      asked.on('end', () => this.texts.push(Buffer.concat(parts).toString()));
    }
    switch (this.failure) {
      case 'refuses':
        return void asked.socket.destroy();
      case 'hangs':
        return void asked.resume();
      case 'fails':
        return void answer.writeHead(500).end('{}');
      case 'limits': {
        // Once; what is limited is to come again later.
        this.failure = null;
        const headers = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'retry-after' };
        return void answer.writeHead(429, { ...headers, 'retry-after': '1' }).end('{}');
      }
    }
    const { host } = new URL(this.service);
    const onward = request(this.service + asked.url, { method: asked.method, headers: { ...asked.headers, host } });
    onward.on('response', (came) => {
      answer.writeHead(came.statusCode!, came.headers);
      came.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  }
}
