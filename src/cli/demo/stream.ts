import { ExponentialBackoff, handleAll, retry } from 'cockatiel';
import type { EventType } from '../../events/domain/incoming-event.js';
import type { Publisher } from '../../platform/pulsar/message-broker.port.js';
import { countsPerType, type DemoEvent } from './visitor.js';

const TICK_MS = 50;
/** Past this many unconfirmed messages the stream waits: a broker that is away must not fill the memory. */
const MOST_UNCONFIRMED = 5_000;
/** A refused message has an unknown outcome, so it is sent again, with the same event id: it is counted once all the same. */
const ATTEMPTS = 8;

export interface Totals {
  readonly published: number;
  readonly confirmed: number;
  /** Given up after several attempts. */
  readonly failed: number;
  /** Confirmed ones. */
  readonly byType: Readonly<Record<EventType, number>>;
}

interface RunOptions {
  /** Events per second. */
  readonly rate: number;
  readonly durationMs: number;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

/** Publishes events at a steady rate, each to the topic of its type. */
export class DemoStream {
  private published = 0;
  private confirmed = 0;
  private failed = 0;
  private readonly byType = countsPerType();
  private readonly unconfirmed = new Set<Promise<void>>();
  private readonly resend = retry(handleAll, {
    maxAttempts: ATTEMPTS,
    backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 5_000 }),
  });

  constructor(
    private readonly publishers: Readonly<Record<EventType, Publisher>>,
    private readonly nextEvent: () => DemoEvent,
  ) {}

  totals(): Totals {
    const { published, confirmed, failed, byType } = this;
    return { published, confirmed, failed, byType: { ...byType } };
  }

  /** Until `rate` × `durationMs` events are published, or `signal` stops it; then waits for confirmations, `patienceMs` at most. */
  async run({ rate, durationMs, patienceMs, signal }: RunOptions): Promise<void> {
    const before = this.published;
    const start = performance.now();
    for (let elapsed = 0; elapsed < durationMs && !signal.aborted;) {
      await pause(TICK_MS);
      elapsed = performance.now() - start;
      const due = Math.floor((Math.min(elapsed, durationMs) / 1000) * rate);
      while (this.published < before + due && this.unconfirmed.size < MOST_UNCONFIRMED) {
        this.publish(this.nextEvent(), signal);
      }
    }
    await this.settle(patienceMs);
  }

  /** Publishes as fast as the broker takes events, and then waits for confirmations, `patienceMs` at most. */
  async runAll(
    events: Iterable<DemoEvent>,
    { patienceMs, signal }: Pick<RunOptions, 'patienceMs' | 'signal'>,
  ): Promise<void> {
    for (const event of events) {
      while (this.unconfirmed.size >= MOST_UNCONFIRMED && !signal.aborted) await pause(TICK_MS);
      if (signal.aborted) break;
      this.publish(event, signal);
    }
    await this.settle(patienceMs);
  }

  private async settle(patienceMs: number): Promise<void> {
    const patience = AbortSignal.timeout(patienceMs);
    while (this.unconfirmed.size > 0 && !patience.aborted) await pause(TICK_MS);
  }

  private publish({ type, userId, payload }: DemoEvent, signal: AbortSignal): void {
    const message = { data: Buffer.from(JSON.stringify(payload)), key: userId };
    this.published++;
    const outcome = this.resend
      .execute(() => this.publishers[type].publish(message), signal)
      .then(
        () => {
          this.confirmed++;
          this.byType[type]++;
        },
        () => {
          this.failed++;
        },
      )
      .finally(() => this.unconfirmed.delete(outcome));
    this.unconfirmed.add(outcome);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
