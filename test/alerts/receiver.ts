import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A webhook on loopback: answers with the statuses that it is told, in order, then 200; `null` never answers. */
export class Receiver {
  readonly received: Received[] = [];
  readonly statuses: (number | null)[] = [];
  readonly headers: Record<string, string> = {};

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const receiver = new Receiver(server, (server.address() as AddressInfo).port);
    server.on('request', (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        receiver.received.push({ path: request.url ?? '', headers: request.headers, body });
        const status = receiver.statuses.length > 0 ? receiver.statuses.shift()! : 200;
        if (status !== null) response.writeHead(status, receiver.headers).end('thanks');
      });
    });
    return receiver;
  }

  url(path = '/hook', host = '127.0.0.1'): string {
    return `http://${host}:${this.port}${path}`;
  }

  bodies<T = { type: string }>(): T[] {
    return this.received.map(({ body }) => JSON.parse(body) as T);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
