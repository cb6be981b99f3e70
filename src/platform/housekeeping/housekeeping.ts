import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Health } from '../observability/health.js';
import { Logger } from '../observability/logger.js';
import { Database } from '../postgres/database.js';
import { untilAborted } from '../until-aborted.js';

export interface Duty {
  /** Says what it does, in words for the log: `dropping fine counts`. */
  readonly name: string;
  /** The time from turn to turn; the first turn is at the start. A turn that is due while the one before waits or runs is left out. */
  readonly everyMs: number;
  /** @param stopping aborts when the service stops, which waits for the duty. */
  readonly run: (stopping: AbortSignal) => Promise<void>;
}

/**
 * Keeps storage in shape while the service runs; each slice registers its own duties before the service starts. One
 * duty runs at a time, and none before PostgreSQL is connected.
 */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly duties: Duty[] = [];
  /** Duties that wait for their turn or have it. */
  private readonly due = new Set<Duty>();
  private timers: NodeJS.Timeout[] = [];
  private last: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();

  constructor(
    private readonly database: Database,
    private readonly health: Health,
    private readonly logger: Logger,
  ) {}

  register(duty: Duty): void {
    this.duties.push(duty);
  }

  onApplicationBootstrap(): void {
    // The modules are destroyed one after the other: a duty that heard of it in its turn would use up the time of the rest.
    this.health.draining.addEventListener('abort', () => void this.stop(), { once: true });
    void this.round();
    this.timers = this.duties.map((duty) =>
      setInterval(() => {
        if (!this.due.has(duty)) void this.turn(duty);
      }, duty.everyMs).unref(),
    );
  }

  onModuleDestroy(): Promise<void> {
    return this.stop();
  }

  /** Every duty once, in the order of registration, after what is due already. Never rejects: a failure is logged. */
  round(): Promise<void> {
    for (const duty of this.duties) void this.turn(duty);
    return this.last;
  }

  private turn(duty: Duty): Promise<void> {
    this.due.add(duty);
    return (this.last = this.last.then(() => this.run(duty)).finally(() => this.due.delete(duty)));
  }

  /** A duty that fails, say behind a long query, does not keep the others from running. */
  private async run({ name, everyMs, run }: Duty): Promise<void> {
    const { signal } = this.stopping;
    if (signal.aborted) return;
    try {
      await untilAborted(this.database.connect(), signal);
      await run(signal);
    } catch (error) {
      if (error === signal.reason) return;
      this.logger.warn({ err: error }, `${name} failed, tried again in ${Math.round(everyMs / 1000)} s`);
    }
  }

  /** Begins nothing new; resolves when the duty that runs has heard of it. */
  private stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.stopping.abort();
    return this.last;
  }
}
