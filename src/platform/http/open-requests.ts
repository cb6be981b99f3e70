import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Config } from '../config/config.js';
import { Health } from '../observability/health.js';
import { Overloaded } from '../overloaded.js';
import { whenAnswered } from './answers/when-answered.js';
import { overloadedProblem } from './problems/overloaded-problem.js';

/** After the drain has ended, requests that still waited for storage need this long to be told so. */
const LAST_ANSWERS_MS = 500;
/**
 * A client may send requests without waiting for answers (RFC 9112 §9.3.2), and each of them is held until it is answered: 10,000
 * of them over five connections took 780 MB. Few clients do it at all, and those send tens.
 */
const MOST_PER_CONNECTION = 100;
/**
 * Requests that wait behind another one of their connection, of all connections. Each may hold an answer of 64 kB, or a
 * file that is open: 50 connections with 95 each took 168 MB.
 */
const MOST_BEHIND_OTHERS = 500;
/** Refusals wait as well, each with 2.4 kB: 118,000 of them, sent in 4 MB, took 278 MB. Beyond so many the connection is cut. */
const MOST_REFUSED_BEHIND = 2_000;
/** Node tells of each request by one of these, also of those that reach no hook of the framework. */
const EVENTS = ['request', 'checkExpectation'] as const;

const TOO_MANY_BEHIND = overloadedProblem(
  new Overloaded('More requests wait behind others of their connections than there is room for: wait for each answer.'),
);

/**
 * Requests without an answer yet, refused ones among them. A connection that has too many is cut. Closing cuts all connections, so
 * a shutdown waits for these requests first, no longer than the drain lasts. Streams must end themselves when their module is
 * destroyed.
 */
@Injectable()
export class OpenRequests implements BeforeApplicationShutdown {
  private open = 0;
  private behindOthers = 0;
  private refusedBehind = 0;
  private readonly ofConnection = new WeakMap<Socket, number>();
  private readonly refused = new WeakSet<IncomingMessage>();
  private whenAnswered: (() => void) | null = null;

  constructor(
    private readonly health: Health,
    private readonly config: Config,
  ) {}

  observe(server: FastifyInstance): void {
    for (const event of EVENTS) this.countFirst(server.server, event);
    server.addHook('onRequest', ({ raw }, _reply, done) => {
      if (this.refused.has(raw)) done(TOO_MANY_BEHIND);
      else done();
    });
  }

  /** Runs after all modules have drained, before the server closes. */
  async beforeApplicationShutdown(): Promise<void> {
    const patience = this.config.settings.DRAIN_TIMEOUT_MS + LAST_ANSWERS_MS - this.health.drainingForMs();
    if (this.open === 0 || patience <= 0) return;
    await new Promise<void>((resolve) => {
      const deadline = setTimeout(resolve, patience);
      this.whenAnswered = () => {
        clearTimeout(deadline);
        resolve();
      };
    });
  }

  private countFirst(server: Server, event: (typeof EVENTS)[number]): void {
    const [handle] = server.listeners(event) as RequestListener[];
    server.off(event, handle!).on(event, (request: IncomingMessage, response: ServerResponse) => {
      if (this.admits(request, response)) handle!(request, response);
    });
  }

  private admits(request: IncomingMessage, response: ServerResponse): boolean {
    const { socket } = request;
    if (socket.destroyed) return false; // it was cut, and what it had sent by then is still read
    const others = this.ofConnection.get(socket) ?? 0;
    // A response that waits behind another one of its connection has no socket yet.
    const isBehind = response.socket === null;
    const isRefused = isBehind && this.behindOthers >= MOST_BEHIND_OTHERS;
    if (others >= MOST_PER_CONNECTION || (isRefused && this.refusedBehind >= MOST_REFUSED_BEHIND)) {
      socket.destroy();
      return false;
    }
    if (isRefused) this.refused.add(request);
    const count = (by: 1 | -1) => {
      this.ofConnection.set(socket, (this.ofConnection.get(socket) ?? 0) + by);
      this.open += by;
      if (isRefused) this.refusedBehind += by;
      else if (isBehind) this.behindOthers += by;
    };
    count(1);
    whenAnswered(response, () => {
      count(-1);
      if (response.socket === null) tellOfClose(response);
      if (this.open === 0) this.whenAnswered?.();
    });
    return true;
  }
}

/**
 * Node does not tell a response that waits behind another one when their connection closes. So the framework would not end the
 * stream that it sends, and a file would stay open for good.
 */
function tellOfClose(response: ServerResponse): void {
  if (response.destroyed || response.writableFinished) return;
  response.destroyed = true;
  // Whoever sends a stream only now looks here, since the event is over.
  Object.defineProperty(response, 'closed', { value: true });
  response.emit('close');
}
