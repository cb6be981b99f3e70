import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { HOST } from '../../src/client/failover/host.js';
import { TwoServers } from './two-servers.js';

const FOR_EVERY_PAGE = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'content-type, x-api-key',
  'access-control-expose-headers': 'retry-after',
};

/** Two scripted servers that are asked over HTTP, by programs and by pages. */
export class ServedServers {
  /** Those of this run. */
  servers = new TwoServers(HOST, { a: [], b: [] });
  private readonly listening: Server[] = [];

  static async start(): Promise<ServedServers> {
    const served = new ServedServers();
    for (const name of ['a', 'b']) {
      const server = createServer((asked, answer) => void served.handle(name, asked, answer));
      served.listening.push(server.listen(0, '127.0.0.1'));
      await once(server, 'listening');
    }
    return served;
  }

  /** The address of `a`, then that of `b`. */
  get urls(): readonly [string, string] {
    const [a, b] = this.listening.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return [a!, b!];
  }

  begin(script: ConstructorParameters<typeof TwoServers>[1]): TwoServers {
    this.servers = new TwoServers(HOST, script);
    return this.servers;
  }

  close(): void {
    for (const server of this.listening) {
      server.close();
      server.closeAllConnections();
    }
  }

  private async handle(name: string, asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { servers } = this;
    const gone = new AbortController();
    answer.on('close', () => gone.abort());
    try {
      if (asked.method === 'OPTIONS') return void answer.writeHead(204, FOR_EVERY_PAGE).end();
      if (asked.url === '/health/ready') {
        const isBack = await servers.isBack(name, gone.signal);
        return void answer.writeHead(isBack ? 200 : 503, FOR_EVERY_PAGE).end();
      }
      const { events } = JSON.parse(await text(asked)) as { events: unknown[] };
      const sent = events.map((event) => JSON.stringify(event));
      const { status, retryAfter, body } = await servers.post(name, sent, gone.signal);
      const headers = { ...FOR_EVERY_PAGE, ...(retryAfter !== null && { 'retry-after': retryAfter }) };
      answer.writeHead(status, headers).end(body === null ? '<!doctype html>' : JSON.stringify(body));
    } catch {
      // It refuses, or whoever asked has gone.
      asked.socket.destroy();
    }
  }
}
