import type { FastifyRequest } from 'fastify';

const EVERY_MS = 1_000;

/** Requests that were turned away, a line a second: a line for each would cost more than it takes to turn them away. */
export class TurnedAwayLog {
  private count = 0;
  private timer: NodeJS.Timeout | null = null;

  note({ log, id, method, routeOptions }: FastifyRequest, code: string): void {
    this.count += 1;
    this.timer ??= setTimeout(() => {
      const requests = this.count;
      this.count = 0;
      this.timer = null;
      log.warn({ code, requests, last: { request_id: id, method, route: routeOptions?.url } }, 'requests turned away');
    }, EVERY_MS).unref();
  }
}
