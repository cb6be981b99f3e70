import type { Logger } from '../../platform/observability/logger.js';

/**
 * Does something again and again, one round at a time. A round that fails is tried again in the next one. Failures in a row
 * are logged once.
 */
export class Rounds {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private failing = false;

  constructor(
    private readonly what: string,
    private readonly everyMs: number,
    private readonly round: () => Promise<void>,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer ??= setInterval(() => void this.now(), this.everyMs).unref();
  }

  /** Runs a round now, unless one is under way. Never rejects. */
  now(): Promise<void> {
    return (this.running ??= this.run().finally(() => (this.running = null)));
  }

  /** Begins no further round. It resolves when the round that is under way has ended. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    try {
      await this.round();
      this.failing = false;
    } catch (error) {
      this.logger[this.failing ? 'debug' : 'warn']({ err: error }, `${this.what} failed, tried again`);
      this.failing = true;
    }
  }
}
