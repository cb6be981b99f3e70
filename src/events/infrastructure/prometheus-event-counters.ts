import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Telemetry } from '../../platform/http/telemetry.js';
import { EventCounters } from '../application/event-counters.port.js';
import type { IncomingEvent } from '../domain/incoming-event.js';
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

  count(events: readonly IncomingEvent[], verdicts: readonly Verdict[]): void {
    const sums = new Map<string, number>();
    verdicts.forEach((verdict, index) => {
      const key = `${events[index]!.intake} ${verdict.status} ${verdict.status === 'rejected' ? verdict.reason : ''}`;
      sums.set(key, (sums.get(key) ?? 0) + 1);
    });
    for (const [key, sum] of sums) {
      const [intake = '', verdict = '', reason = ''] = key.split(' ');
      this.counter.inc({ intake, verdict, reason }, sum);
    }
  }
}
