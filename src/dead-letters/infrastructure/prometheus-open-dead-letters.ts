import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { REASON_CODES } from '../../events/domain/rejection.js';
import { Clock } from '../../platform/clock/clock.js';
import { Logger } from '../../platform/observability/logger.js';
import { Telemetry } from '../../platform/observability/telemetry.js';
import { DeadLettersReader } from '../application/dead-letters-reader.port.js';

/** Several scrapers share one count. */
const FRESH_MS = 15_000;

/**
 * Counts the open letters by reason. The figure goes down when letters are replayed. `monitoreo_events_total` cannot show
 * this: it counts every rejection, also of a redelivered message and of a replay that failed.
 */
@Injectable()
export class PrometheusOpenDeadLetters {
  private readonly gauge: Gauge<'reason'>;
  private countedAt = -Infinity;

  constructor(
    telemetry: Telemetry,
    private readonly reader: DeadLettersReader,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    this.gauge = new Gauge({
      name: 'monitoreo_dead_letters_open',
      help: 'Dead letters that were not replayed, by reason',
      labelNames: ['reason'],
      registers: [telemetry.registry],
      collect: () => this.collect(),
    });
  }

  private async collect(): Promise<void> {
    const now = this.clock.now();
    if (now - this.countedAt < FRESH_MS) return;
    try {
      const counts = await this.reader.counts();
      for (const reason of REASON_CODES) {
        this.gauge.set(
          { reason },
          counts.find((count) => count.reason === reason && count.state === 'open')?.letters ?? 0,
        );
      }
      this.countedAt = now;
    } catch (error) {
      // It shows no figure rather than an old one. The other figures are needed most while PostgreSQL is away.
      this.gauge.reset();
      this.logger.debug({ err: error }, 'open dead letters cannot be counted');
    }
  }
}
