import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import { Telemetry } from '../../../platform/observability/telemetry.js';
import type { Reason, UpstreamName } from '../../domain/upstream.js';

export const BREAKER_STATES = ['closed', 'open', 'half_open'] as const;
export type BreakerState = (typeof BREAKER_STATES)[number];

/** The state of a service as it is now. */
interface Watched {
  readonly breaker: BreakerState;
  readonly retriesLeft: number;
}

/** Shows at /internal/metrics what becomes of the questions to the four services. */
@Injectable()
export class UpstreamFigures {
  private readonly watched = new Map<UpstreamName, () => Watched>();
  private readonly attempts: Counter<'upstream' | 'outcome'>;
  private readonly durations: Histogram<'upstream'>;
  private readonly calls: Histogram<'upstream' | 'outcome'>;
  private readonly rejected: Counter<'upstream'>;

  constructor({ registry }: Telemetry) {
    const registers = [registry];
    const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
    this.attempts = new Counter({
      name: 'monitoreo_upstream_attempts_total',
      help: 'Attempts at a service of the orchestrator, by outcome: ok, or why not',
      labelNames: ['upstream', 'outcome'],
      registers,
    });
    this.durations = new Histogram({
      name: 'monitoreo_upstream_attempt_duration_seconds',
      help: 'Length of an attempt at a service of the orchestrator',
      labelNames: ['upstream'],
      buckets,
      registers,
    });
    this.calls = new Histogram({
      name: 'monitoreo_upstream_call_duration_seconds',
      help: 'Length of a call to a service of the orchestrator, all attempts and waits together, by outcome',
      labelNames: ['upstream', 'outcome'],
      buckets,
      registers,
    });
    this.rejected = new Counter({
      name: 'monitoreo_upstream_items_rejected_total',
      help: 'Items of a service of the orchestrator that were left out because they are of the wrong shape',
      labelNames: ['upstream'],
      registers,
    });
    const { watched } = this;
    new Gauge({
      name: 'monitoreo_upstream_breaker_state',
      help: 'State of the circuit breaker of a service of the orchestrator: 1 for the state that it is in',
      labelNames: ['upstream', 'state'],
      registers,
      collect() {
        for (const [upstream, now] of watched) {
          for (const state of BREAKER_STATES) this.set({ upstream, state }, now().breaker === state ? 1 : 0);
        }
      },
    });
    new Gauge({
      name: 'monitoreo_upstream_retries_left',
      help: 'Further attempts that the retry budget of a service of the orchestrator still allows',
      labelNames: ['upstream'],
      registers,
      collect() {
        for (const [upstream, now] of watched) this.set({ upstream }, now().retriesLeft);
      },
    });
  }

  watch(upstream: UpstreamName, now: () => Watched): void {
    this.watched.set(upstream, now);
  }

  attempted(upstream: UpstreamName, outcome: 'ok' | 'abandoned' | Reason, ms: number): void {
    this.attempts.inc({ upstream, outcome });
    this.durations.observe({ upstream }, ms / 1000);
  }

  called(upstream: UpstreamName, outcome: 'ok' | Reason, ms: number, rejectedItems: number): void {
    this.calls.observe({ upstream, outcome }, ms / 1000);
    if (rejectedItems > 0) this.rejected.inc({ upstream }, rejectedItems);
  }
}
