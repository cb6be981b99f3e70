import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf, doFault, FAULTS, type Fault } from './faults.js';
import type { SampleData } from './sample-data.js';

export const SERVICES = ['users', 'accounts', 'metrics', 'dashboard'] as const;
export type Service = (typeof SERVICES)[number];

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface StandInOptions {
  /** 0: a free one. */
  readonly port?: number;
  /** Is told of each question for data. */
  readonly onAsked?: (asked: Asked) => void;
  /** Is told of each answer that has left, and how long it took, milliseconds. */
  readonly onAnswered?: (asked: Asked, ms: number) => void;
}

/** Switches a fault on, at any time: `POST /_fault/hang`; `/_fault/none` ends it. */
const SWITCH = /^\/_fault\/([a-z0-9_]+)$/;

/**
 * One of the four services that the orchestrator asks, with its older paths, small and in memory. It can be slow and do what
 * broken services do.
 */
export class StandIn {
  fault: Fault | null = null;
  /** How long it thinks before it answers, milliseconds. */
  delayMs = 0;
  /** Nor does it answer before this. */
  held: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly server: Server,
    private readonly service: Service,
    /** The data that it serves; it can be replaced at any time. */
    public data: SampleData,
    private readonly options: StandInOptions,
  ) {}

  /** @throws Error `EADDRINUSE` */
  static async start(service: Service, data: SampleData, options: StandInOptions = {}): Promise<StandIn> {
    const server = createServer({ keepAlive: true });
    const standIn = new StandIn(server, service, data, options);
    server.on('request', (request, response) => void standIn.serve(request, response).catch(() => response.destroy()));
    server.listen(options.port ?? 0, '127.0.0.1');
    await once(server, 'listening');
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    const [, named] = SWITCH.exec(url) ?? [];
    if (named !== undefined && method === 'POST') return this.switchTo(named, response);
    const begun = performance.now();
    const body = await bodyOf(request);
    const asked = { method, path: url, headers, body };
    this.options.onAsked?.(asked);
    response.once('finish', () => this.options.onAnswered?.(asked, performance.now() - begun));
    const answer = this.answerTo(method, url, body);
    const { fault } = this;
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    await this.held;
    if (fault !== null) return doFault(fault, response, JSON.stringify(answer ?? []));
    const status = answer === undefined ? 404 : 200;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? { error: 'none' }));
  }

  private switchTo(named: string, response: ServerResponse): void {
    const fault = FAULTS.find((known) => known === named) ?? null;
    if (fault === null && named !== 'none') {
      return void response.writeHead(404).end(`known: none, ${FAULTS.join(', ')}\n`);
    }
    this.fault = fault;
    response.end(`${named}\n`);
  }

  private answerTo(method: string, path: string, body: string): unknown {
    const { users, accounts, posts, dashboard, totals } = this.data;
    const [, profile] = /^\/api\/v1\/auth\/profile\/([^/]+)$/.exec(path) ?? [];
    const [, owner] = /^\/scrapedAccounts\/user\/([^/]+)$/.exec(path) ?? [];
    switch (this.service) {
      case 'users':
        if (path === '/api/v1/auth/users') return users;
        return users.find(({ id }) => String(id) === profile);
      case 'accounts':
        if (path === '/scrapedAccounts') return accounts;
        return owner === undefined ? undefined : accounts.filter(({ userId }) => String(userId) === owner);
      case 'metrics': {
        if (path !== '/dbquery/user' || method !== 'POST') return undefined;
        const { userId } = JSON.parse(body) as { userId?: number };
        if (userId === undefined) return { items: posts, count: posts.length, dashboard: [totals] };
        const items = posts.filter((post) => post.userId === userId);
        return { items, count: items.length };
      }
      case 'dashboard':
        return path === '/getDashboardInfo' ? dashboard : undefined;
    }
  }
}
