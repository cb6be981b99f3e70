import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** A WebSocket server that answers what the test says, and remembers what it was told: for answers no real broker gives on demand. */
export class ScriptedBroker {
  /** Frames in order of arrival, of all connections. */
  readonly heard: Record<string, unknown>[] = [];
  /** Handshakes, refused ones included. */
  readonly requests: { readonly url: string; readonly authorization: string | undefined }[] = [];
  /** The most connections open at a time. */
  mostConnections = 0;
  /** Pings of the client. */
  pings = 0;
  /** Answered to handshakes; 101 lets them in. */
  status: { code: number; body: string } = { code: 101, body: '' };
  /** The newest connection of each path. */
  private readonly paths = new Map<string, WebSocket>();

  private constructor(
    private readonly http: Server,
    private readonly server: WebSocketServer,
    readonly url: string,
  ) {}

  static async start(): Promise<ScriptedBroker> {
    const http = createServer();
    const server = new WebSocketServer({
      server: http,
      verifyClient: ({ req }, done) => {
        broker.requests.push({ url: req.url ?? '', authorization: req.headers.authorization });
        const { code, body } = broker.status;
        if (code === 101) done(true);
        else done(false, code, body);
      },
    });
    await once(http.listen(0, '127.0.0.1'), 'listening');
    const broker = new ScriptedBroker(http, server, `ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
    server.on('connection', (socket, { url }) => {
      broker.paths.set((url ?? '').split('?', 1)[0]!, socket);
      broker.mostConnections = Math.max(broker.mostConnections, server.clients.size);
      socket.on('ping', () => broker.pings++);
      socket.on('message', (data: Buffer) => broker.heard.push(JSON.parse(data.toString()) as Record<string, unknown>));
    });
    return broker;
  }

  /** The connection that is open now. */
  get socket(): WebSocket {
    const [socket] = this.server.clients;
    if (!socket) throw new Error('nobody is connected');
    return socket;
  }

  /** The consumer of a topic of `public/default`. */
  consumerOf(topic: string, subscription = 'monitoreo'): WebSocket {
    const socket = this.paths.get(`/ws/v2/consumer/persistent/public/default/${topic}/${subscription}`);
    if (!socket) throw new Error(`nobody consumes ${topic}`);
    return socket;
  }

  get permits(): number[] {
    return this.heard.filter(({ type }) => type === 'permit').map(({ permitMessages }) => Number(permitMessages));
  }

  get acknowledged(): unknown[] {
    return this.heard.filter(({ type }) => type === undefined).map(({ messageId }) => messageId);
  }

  /** A message as the WebSocket service of Pulsar 4.0 frames it; without a socket to the only connection. */
  deliver(fields: Record<string, unknown> = {}, socket = this.socket): void {
    const frame = {
      messageId: 'CCEQACAAMDI=',
      payload: 'eA==',
      properties: {},
      publishTime: '2026-01-15T12:00:00.000Z',
      redeliveryCount: 0,
      ...fields,
    };
    socket.send(JSON.stringify(frame));
  }

  async close(): Promise<void> {
    for (const socket of this.server.clients) socket.terminate();
    this.server.close();
    const closed = once(this.http, 'close');
    this.http.close();
    // Also those of strangers, who looked for a server that had this port before.
    this.http.closeAllConnections();
    await closed;
  }
}
