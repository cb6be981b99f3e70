import type { FastifyBaseLogger } from 'fastify';

const EVERY_MS = 1_000;

interface TurnedAway {
  readonly request_id: string;
  readonly method: string;
  readonly route: string | undefined;
}

/** Requests that were turned away, a line a second: a line for each would cost more than it takes to turn them away. */
export class TurnedAwayLog {
  private count = 0;
  private last: TurnedAway | null = null;
  private timer: NodeJS.Timeout | null = null;

  note(log: FastifyBaseLogger, last: TurnedAway, code: string): void {
    this.count += 1;
    this.last = last;
    this.timer ??= setTimeout(() => {
      const requests = this.count;
      this.count = 0;
      this.timer = null;
      log.warn({ code, requests, last: this.last }, 'requests turned away');
    }, EVERY_MS).unref();
  }
}
