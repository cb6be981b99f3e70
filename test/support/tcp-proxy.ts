import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

interface Named {
  readonly from: string;
  readonly to: string;
}

/** Stands between a client and a server on loopback, and does to their connections what networks do. */
export class TcpProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private delayMs = 0;
  private stalled = false;

  private constructor(
    private readonly server: Server,
    readonly port: number,
    private readonly named: Named | null,
  ) {}

  /**
   * @param named an address of this length that the target calls itself by (a broker's, in its answer to a lookup): clients
   *   read the proxy's in its place, so that they do not go past it
   */
  static async to(target: { host: string; port: number }, named?: (port: number) => Named): Promise<TcpProxy> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const proxy = new TcpProxy(server, port, named?.(port) ?? null);
    server.on('connection', (client) => proxy.join(client, connect({ ...target, noDelay: true })));
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
        if (from === upstream) this.rename(data);
        if (this.delayMs === 0) this.forward(data, from, to);
        else setTimeout(() => this.forward(data, from, to), this.delayMs);
      });
    }
    if (this.stalled) for (const socket of pair) socket.pause();
  }

  /** In place: a piece of data is nobody else's yet. */
  private rename(data: Buffer): void {
    if (this.named === null) return;
    const { from, to } = this.named;
    for (let at = data.indexOf(from); at >= 0; at = data.indexOf(from, at)) data.write(to, at, 'latin1');
  }

  private forward(data: Buffer, from: Socket, to: Socket): void {
    if (to.destroyed || to.write(data)) return;
    from.pause();
    to.once('drain', () => {
      if (!this.stalled) from.resume();
    });
  }
}
