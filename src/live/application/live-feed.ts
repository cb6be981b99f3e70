import { Injectable } from '@nestjs/common';
import { Logger } from '../../platform/observability/logger.js';
import { RecentBins, type Step } from '../domain/recent-bins.js';
import { LiveReader } from './live-reader.port.js';

/** The open bin is sent this often. */
const TICK_MS = 1_000;

/**
 * Is called at each tick with what is new, or with null when PostgreSQL did not answer. The next tick waits for it. It never
 * throws.
 */
export type OnTick = (recent: RecentBins, step: Step | null) => Promise<void>;

/**
 * Reads the counts once a tick for everybody who listens to this process. Each run begins without knowledge, because nobody
 * keeps it up to date between two runs.
 */
@Injectable()
export class LiveFeed {
  private timer: NodeJS.Timeout | null = null;
  private run = 0;
  private failing = false;

  constructor(
    private readonly reader: LiveReader,
    private readonly logger: Logger,
  ) {}

  /** The first tick comes at once. */
  start(onTick: OnTick): void {
    this.stop();
    void this.tick(this.run, new RecentBins(), onTick);
  }

  stop(): void {
    this.run += 1;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private async tick(run: number, recent: RecentBins, onTick: OnTick): Promise<void> {
    const began = performance.now();
    const step = await this.step(recent);
    if (run !== this.run) return;
    await onTick(recent, step);
    if (run !== this.run) return;
    const next = Math.max(0, TICK_MS - (performance.now() - began));
    this.timer = setTimeout(() => void this.tick(run, recent, onTick), next);
  }

  private async step(recent: RecentBins): Promise<Step | null> {
    try {
      const step = recent.take(await this.reader.recentBins());
      this.failing = false;
      return step;
    } catch (error) {
      if (!this.failing) this.logger.warn({ err: error }, 'the live counts could not be read, trying each second');
      this.failing = true;
      return null;
    }
  }
}
