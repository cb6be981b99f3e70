import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Logger } from '../../../platform/observability/logger.js';
import { Telemetry } from '../../../platform/observability/telemetry.js';
import { failpoint } from '../../alerts.failpoints.js';
import { GIVEN_UP_AFTER_MS, retryDelayMs } from '../../domain/retry-delay.js';
import { Rounds } from '../rounds.js';
import { type Notification, Outbox } from './outbox.port.js';
import { Webhook } from './webhook.port.js';

const LOOKS_EVERY_MS = 1_000;
/** The claim lasts longer than an attempt may take, so that two replicas do not try one notice at the same time. */
const CLAIMED_FOR_MS = 30_000;

/**
 * Sends notices to webhooks, each at least once. Each rule has one notice under way at most, and no rule waits for another
 * one. So a webhook that does not answer holds up only its own rule.
 */
@Injectable()
export class Deliverer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds: Rounds;
  private readonly underWay = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private readonly attempts: Counter<'outcome'>;

  constructor(
    private readonly outbox: Outbox,
    private readonly webhook: Webhook,
    private readonly logger: Logger,
    { registry }: Telemetry,
  ) {
    this.rounds = new Rounds('delivering notifications', LOOKS_EVERY_MS, () => this.look(), logger);
    this.attempts = new Counter({
      name: 'monitoreo_alert_deliveries_total',
      help: 'Attempts at telling a webhook of an alert, by outcome: delivered, failed (tried again), given_up',
      labelNames: ['outcome'],
      registers: [registry],
    });
  }

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.rounds.stop();
    this.stopping.abort(new Error('the service is stopping'));
    await Promise.all(this.underWay);
  }

  /** Tries what is due. It resolves with the outcomes of all that is under way, and never rejects. */
  async now(): Promise<void> {
    await this.rounds.now();
    await Promise.all(this.underWay);
  }

  private async look(): Promise<void> {
    for (const notification of await this.outbox.claim(CLAIMED_FOR_MS)) {
      const work = this.deliver(notification).finally(() => this.underWay.delete(work));
      this.underWay.add(work);
    }
  }

  /** Never rejects: a notice whose outcome could not be noted is tried again when the claim ends. */
  private async deliver(notification: Notification): Promise<void> {
    const { id, url } = notification;
    try {
      const failure =
        url === null ? new Error('the rule has no webhook any longer') : await this.attempt(notification, url);
      if (failure === null) await this.outbox.delivered(id);
      else await this.failed(notification, failure, url !== null);
    } catch (error) {
      this.logger.warn({ err: error, notification: id }, 'the outcome of a delivery cannot be noted');
    }
  }

  private async attempt({ id, body, secret }: Notification, url: string): Promise<Error | null> {
    try {
      await this.webhook.send(url, { id, body, secret }, this.stopping.signal);
    } catch (error) {
      return error as Error;
    }
    const stall = failpoint('after_alert_sent');
    if (stall) await stall;
    this.attempts.inc({ outcome: 'delivered' });
    return null;
  }

  private async failed({ id, attempts, ageMs }: Notification, failure: Error, again: boolean): Promise<void> {
    const delayMs = again && ageMs < GIVEN_UP_AFTER_MS ? retryDelayMs(attempts, Math.random()) : null;
    const outcome = delayMs === null ? 'given_up' : 'failed';
    this.attempts.inc({ outcome });
    this.logger.warn(
      { notification: id, attempts, reason: failure.message, againInMs: delayMs },
      `delivery ${outcome}`,
    );
    await this.outbox.failed(id, failure.message.slice(0, 200), delayMs);
  }
}
