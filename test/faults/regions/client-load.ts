import { FailoverClient } from '../../../src/client/failover/failover-client.js';
import type { Outcome } from '../../../src/client/failover/outcome.js';
import type { EventStream, Outgoing } from '../event-stream.js';
import { TOLD } from '../ledger.js';
import { type Region, TOKEN } from './region.js';
import type { RegionsLedger } from './audit/regions-ledger.js';

/** How long an answer may take before the client turns to the other region. */
export const CLIENT_TIMEOUT_MS = 2_000;
const TICK_MS = 10;

/** How long one event waited for a region to confirm it. */
export interface Wait {
  /** `performance.now()` when the client took it, and when it was told. */
  readonly taken: number;
  readonly told: number;
}

/** A program that records events at a steady rate through a FailoverClient, whatever becomes of the regions. */
export class ClientLoad {
  /** Confirmed ones since the last `forget`. */
  waits: Wait[] = [];
  confirmed = 0;
  /** Outcomes that the events do not deserve, in words. */
  readonly wrong: string[] = [];
  private readonly client: FailoverClient;
  private running: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(
    private readonly primary: Region,
    secondary: Region | null,
    private readonly stream: EventStream,
    private readonly ledger: RegionsLedger,
  ) {
    this.client = new FailoverClient({
      primary: primary.url,
      secondary: secondary?.url ?? null,
      key: TOKEN,
      timeoutMs: CLIENT_TIMEOUT_MS,
    });
  }

  /** @param rate events a second */
  start(rate: number): void {
    this.stopping = false;
    this.running = this.run(rate);
  }

  /** Resolves when every event that it took is confirmed. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
    await this.client.settled();
  }

  forget(): void {
    this.waits = [];
  }

  /** Requests that the primary answered in time, probes left out. */
  get answeredByPrimary(): number {
    const { attempts, failures } = this.client.statistics.regions[this.primary.url]!;
    return attempts - failures;
  }

  /** Resolves when the event is confirmed, and in the ledger. */
  async record(event: Outgoing): Promise<Outcome> {
    const taken = performance.now();
    const outcome = await this.client.record(JSON.parse(event.payload.toString()) as Record<string, unknown>);
    this.note(event, outcome);
    this.waits.push({ taken, told: performance.now() });
    this.confirmed += 1;
    return outcome;
  }

  close(): void {
    this.client.close();
  }

  private async run(rate: number): Promise<void> {
    const from = performance.now();
    for (let taken = 0; !this.stopping;) {
      for (const due = ((performance.now() - from) / 1000) * rate; taken < due; taken++) {
        await this.client.room();
        const next = this.stream.next();
        void this.record(next.content === null ? this.stream.httpPoison() : next);
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  }

  private note(event: Outgoing, { status, code }: Outcome): void {
    if (status === 'recorded' || status === 'duplicate') {
      if (event.content === null) this.wrong.push(`${status} where ${event.reason} is right`);
      else this.ledger.add('client', [[TOLD.http, event]]);
    } else if (code === 'id_conflict' && event.content !== null) {
      this.ledger.add('client', [[TOLD.httpConflict, event]]);
    } else if (event.content !== null || code !== event.reason) {
      this.wrong.push(`${status} ${code} for ${event.content?.eventId ?? event.reason}`);
    }
  }
}
