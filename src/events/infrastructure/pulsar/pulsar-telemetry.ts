import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Telemetry } from '../../../platform/observability/telemetry.js';
import { EventTopicsConsumer } from './event-topics.consumer.js';

/** How far the subscription of each topic is, as this process sees it. */
@Injectable()
export class PulsarTelemetry {
  private readonly lag: Gauge<'topic'>;
  private readonly delayed: Gauge<'topic'>;
  private readonly stalled: Gauge<'topic'>;
  private readonly terminated: Gauge<'topic'>;

  constructor(
    telemetry: Telemetry,
    private readonly consumer: EventTopicsConsumer,
  ) {
    const gauge = (name: string, help: string, collect?: () => void) =>
      new Gauge({ name, help, labelNames: ['topic'], registers: [telemetry.registry], collect });
    this.lag = gauge(
      'monitoreo_consumer_lag_seconds',
      'All that was published longer ago is settled; 0: nothing waits. Absent while that is not known',
      () => this.collect(),
    );
    this.delayed = gauge('monitoreo_consumer_delayed_messages', 'Messages that wait for the time their producer set');
    this.stalled = gauge(
      'monitoreo_consumer_stalled',
      '1 while messages wait and the broker has delivered none for 30 s, else 0',
    );
    this.terminated = gauge(
      'monitoreo_consumer_terminated',
      '1 while nobody can publish to the topic, since somebody terminated it, and all of it is settled, else 0',
    );
  }

  /** The first of them is asked first, so all of them are of one moment. */
  private collect(): void {
    for (const gauge of [this.lag, this.delayed, this.stalled, this.terminated]) gauge.reset();
    for (const { topic, lagMs, delayed, stillMs, stalled, terminated } of this.consumer.reports()) {
      if (lagMs !== null) this.lag.set({ topic }, lagMs / 1000);
      if (stillMs === null) continue;
      this.delayed.set({ topic }, delayed);
      this.stalled.set({ topic }, stalled ? 1 : 0);
      this.terminated.set({ topic }, terminated.length > 0 ? 1 : 0);
    }
  }
}
