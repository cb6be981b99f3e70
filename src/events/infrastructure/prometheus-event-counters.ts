import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Telemetry } from '../../platform/observability/telemetry.js';
import { EventCounters } from '../application/event-counters.port.js';
import type { Intake } from '../domain/intake.js';
import type { Verdict } from '../domain/verdict.js';

@Injectable()
export class PrometheusEventCounters extends EventCounters {
  private readonly counter: Counter<'intake' | 'verdict' | 'reason'>;

  constructor(telemetry: Telemetry) {
    super();
    this.counter = new Counter({
      name: 'monitoreo_events_total',
      help: 'Events examined, by intake and verdict; rejected ones by reason',
      labelNames: ['intake', 'verdict', 'reason'],
      registers: [telemetry.registry],
    });
  }

  count(intake: Intake, verdicts: readonly Verdict[]): void {
    const stored = { recorded: 0, duplicate: 0 };
    for (const verdict of verdicts) {
      if (verdict.status === 'rejected') this.counter.inc({ intake, verdict: 'rejected', reason: verdict.reason });
      else stored[verdict.status] += 1;
    }
    for (const [verdict, n] of Object.entries(stored)) if (n > 0) this.counter.inc({ intake, verdict, reason: '' }, n);
  }
}
