import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { PatientResponse } from '../http/connection/patient-response.js';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** Figures about the service itself. Others add counters: `new Counter({ …, registers: [telemetry.registry] })`. */
@Injectable()
export class Telemetry {
  readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the first byte of the request to the last of the answer, by route pattern; what a client sends after a refusal does not count',
    labelNames: ['route', 'method', 'status'],
    // Reads aim at about a millisecond; the longest query allowed is 5 s.
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** @returns what counts answers of a route that do not come by way of the framework, by the time that each took */
  counting(route: string, method: string, status: number): (seconds: number) => void {
    const counted = this.requests.labels({ route, method, status: String(status) });
    return (seconds) => counted.observe(seconds);
  }

  observe(server: FastifyInstance): void {
    server.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'unknown';
      const lateMs = reply.raw instanceof PatientResponse ? reply.raw.throwingAwayMs : 0;
      this.requests.observe(
        { route, method: request.method, status: String(reply.statusCode) },
        Math.max(0, reply.elapsedTime - lateMs) / 1000,
      );
      done();
    });
  }
}
