import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A web server in place of a broker's: answers by path what the test says, and remembers what it was asked. */
export class ScriptedAdmin {
  readonly asked: { readonly path: string; readonly authorization: string | undefined }[] = [];
  /** Connections that were opened. */
  connections = 0;
  /** Questions without an answer, now and at most. */
  open = { now: 0, most: 0 };
  /** By path, without the query; any other is 404. */
  readonly answers = new Map<string, Answer>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<ScriptedAdmin> {
    const server = createServer((request, response) => admin.answer(request, response));
    server.on('connection', () => (admin.connections += 1));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const admin = new ScriptedAdmin(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return admin;
  }

  json(path: string, body: unknown): void {
    this.answers.set(path, (response) => response.end(JSON.stringify(body)));
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url!.split('?')[0]!;
    this.asked.push({ path: request.url!, authorization: request.headers.authorization });
    this.open.now += 1;
    this.open.most = Math.max(this.open.most, this.open.now);
    response.once('close', () => (this.open.now -= 1));
    const answer = this.answers.get(path);
    if (answer) return answer(response, request);
    response.statusCode = 404;
    response.end(JSON.stringify({ reason: `Topic of ${path} not found` }));
  }
}
