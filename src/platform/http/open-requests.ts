import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
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

const TOO_MANY_BEHIND = overloadedProblem(
  new Overloaded('More requests wait behind others of their connections than there is room for: wait for each answer.'),
);

/**
 * Requests without an answer yet; of one connection at most so many, else it is cut. Closing cuts every connection, so a shutdown waits for them first: as long as the drain
 * lasts, no longer. Streams must end themselves when their module is destroyed.
 */
@Injectable()
export class OpenRequests implements BeforeApplicationShutdown {
  private open = 0;
  private behindOthers = 0;
  private readonly ofConnection = new WeakMap<Socket, number>();
  private whenAnswered: (() => void) | null = null;

  constructor(
    private readonly health: Health,
    private readonly config: Config,
  ) {}

  observe(server: FastifyInstance): void {
    server.addHook('onRequest', ({ raw: { socket } }, reply, done) => {
      const others = this.ofConnection.get(socket) ?? 0;
      if (others >= MOST_PER_CONNECTION) {
        socket.destroy();
        return;
      }
      const isBehind = others > 0;
      if (isBehind && this.behindOthers >= MOST_BEHIND_OTHERS) return done(TOO_MANY_BEHIND);
      this.ofConnection.set(socket, others + 1);
      this.open += 1;
      if (isBehind) this.behindOthers += 1;
      whenAnswered(reply, () => {
        if (isBehind) this.behindOthers -= 1;
        this.ofConnection.set(socket, this.ofConnection.get(socket)! - 1);
        this.open -= 1;
        if (this.open === 0) this.whenAnswered?.();
      });
      done();
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
}
