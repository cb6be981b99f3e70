import type { Host } from './host.js';
import { type Outcome, outcomesOf } from './outcome.js';
import type { StampedEvent } from './stamped-event.js';
import type { Transport } from './transport.js';

/**
 * While the primary is silent, a secondary that refuses one batch costs this wait beside the time-out: they must stay below a
 * time-out and a second together.
 */
const FIRST_PROBE_MS = 500;
const LONGEST_PROBE_MS = 60_000;
const TOO_MANY_REQUESTS = 429;
const DEFAULT_REST_MS = 5_000;
const LONGEST_REST_MS = 600_000;

export interface RegionParts {
  readonly transport: Transport;
  readonly host: Host;
  readonly timeoutMs: number;
}

/** The result of sending a batch: outcomes, or how long the sender is to wait before it asks again, or nothing. */
export type Sent = { readonly outcomes: readonly Outcome[] } | { readonly restMs: number } | null;

/**
 * One of the two sides, behind a breaker:
 *
 * | state | takes events | leaves it by |
 * |---|---|---|
 * | usable | yes | a time-out, a refusal or a 5xx → away |
 * | away | no | a probe that is answered, after a wait that doubles from 0.5 s to 60 s → usable |
 * | closed | no | – |
 *
 * Only probes wait for a dead region, beside the events: an outage costs one of them a time-out. The wait goes on where it
 * was until a batch has been taken, so that a region that answers probes alone is not asked all the time.
 */
export class Region {
  readonly counts = { attempts: 0, failures: 0, probes: 0 };
  private state: 'usable' | 'away' | 'closed' = 'usable';
  private failuresInARow = 0;
  private cancelProbe: (() => void) | null = null;

  constructor(
    readonly address: string,
    private readonly parts: RegionParts,
    private readonly back: () => void,
  ) {}

  get usable(): boolean {
    return this.state === 'usable';
  }

  async send(batch: readonly StampedEvent[]): Promise<Sent> {
    this.counts.attempts += 1;
    const { transport, host } = this.parts;
    const bodies = batch.map(({ json }) => json);
    const reply = await this.inTime((signal) => transport.post(this.address, bodies, signal));
    if (reply?.status === TOO_MANY_REQUESTS) return { restMs: restMs(reply.retryAfter, host.now()) };
    const outcomes = reply && outcomesOf(batch, reply);
    if (!outcomes) {
      this.counts.failures += 1;
      this.probeLater();
      return null;
    }
    this.failuresInARow = 0;
    return { outcomes };
  }

  /** No probe begins any more. */
  close(): void {
    this.state = 'closed';
    this.cancelProbe?.();
  }

  private probeLater(): void {
    if (this.state === 'closed') return;
    this.state = 'away';
    const { host } = this.parts;
    const wait = Math.min(LONGEST_PROBE_MS, FIRST_PROBE_MS * 2 ** this.failuresInARow);
    this.failuresInARow += 1;
    // Many clients must not come back at one moment.
    const jitter = 0.75 + host.randomBytes(1)[0]! / 512;
    this.cancelProbe = host.after(wait * jitter, () => void this.probe());
  }

  private async probe(): Promise<void> {
    this.counts.probes += 1;
    const isBack = await this.inTime((signal) => this.parts.transport.isBack(this.address, signal));
    if (isBack !== true || this.state === 'closed') return this.probeLater();
    this.state = 'usable';
    this.back();
  }

  /** Null: no answer, or none in time. */
  private inTime<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    const abort = new AbortController();
    return new Promise((resolve) => {
      const cancel = this.parts.host.after(this.parts.timeoutMs, () => {
        resolve(null);
        abort.abort();
      });
      ask(abort.signal)
        .then(resolve, () => resolve(null))
        .finally(cancel);
    });
  }
}

/** `Retry-After` is seconds or a date (RFC 9110 §10.2.3). */
function restMs(retryAfter: string | null, now: number): number {
  const asked = /^\d+$/.test(retryAfter ?? '') ? Number(retryAfter) * 1_000 : Date.parse(retryAfter ?? '') - now;
  return asked > 0 ? Math.min(LONGEST_REST_MS, asked) : DEFAULT_REST_MS;
}
