import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and a server on loopback, and does to their connections what networks do. */
export class TcpProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private delayMs = 0;
  private stalled = false;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async to(target: { host: string; port: number }): Promise<TcpProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new TcpProxy(server, (server.address() as AddressInfo).port);
    server.on('connection', (client) => proxy.join(client, connect(target.port, target.host)));
    return proxy;
  }

  /** Connections open now. */
  get connections(): number {
    return this.pairs.size;
  }

  /** Ends every connection at once; new ones are accepted. */
  cut(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
  }

  /** Keeps connections open, old and new, and lets nothing through, as a frozen host or a lost route does. */
  stall(): void {
    this.stalled = true;
    for (const [client, upstream] of this.pairs) for (const socket of [client, upstream]) socket.pause();
  }

  /** Ends `stall()`. */
  flow(): void {
    this.stalled = false;
    for (const pair of this.pairs) for (const socket of pair) socket.resume();
  }

  /** Holds every piece of data back this long, in each direction; 0 ends it. */
  latency(milliseconds: number): void {
    this.delayMs = milliseconds;
  }

  async close(): Promise<void> {
    this.server.close();
    this.cut();
    await once(this.server, 'close');
  }

  private join(client: Socket, upstream: Socket): void {
    const pair = [client, upstream] as const;
    this.pairs.add(pair);
    for (const [from, to] of [pair, [upstream, client] as const]) {
      from.on('error', () => to.destroy()); // a reset on one side is a reset on the other
      from.on('close', () => {
        to.destroy();
        this.pairs.delete(pair);
      });
      from.on('data', (data) => {
        if (this.delayMs === 0) this.forward(data, from, to);
        else setTimeout(() => this.forward(data, from, to), this.delayMs);
      });
    }
    if (this.stalled) for (const socket of pair) socket.pause();
  }

  private forward(data: Buffer, from: Socket, to: Socket): void {
    if (to.destroyed || to.write(data)) return;
    from.pause();
    to.once('drain', () => {
      if (!this.stalled) from.resume();
    });
  }
}
