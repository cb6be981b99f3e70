import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { Config } from '../config/config.js';
import { Health } from '../observability/health.js';
import { whenAnswered } from './answers/when-answered.js';

/** After the drain has ended, what still waited for storage needs this long to be told so. */
const LAST_ANSWERS_MS = 500;

/**
 * Requests without an answer yet. Closing cuts every connection, so a shutdown waits for them first: as long as the drain
 * lasts, no longer. Streams must end themselves when their module is destroyed.
 */
@Injectable()
export class OpenRequests implements BeforeApplicationShutdown {
  private open = 0;
  private whenAnswered: (() => void) | null = null;

  constructor(
    private readonly health: Health,
    private readonly config: Config,
  ) {}

  observe(server: FastifyInstance): void {
    server.addHook('onRequest', (_request, reply, done) => {
      this.open += 1;
      whenAnswered(reply, () => {
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
