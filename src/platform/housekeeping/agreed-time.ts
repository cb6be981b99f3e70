import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Clock } from '../clock/clock.js';
import { Health } from '../observability/health.js';
import { Telemetry } from '../observability/telemetry.js';
import { DatabaseClock } from '../postgres/database-clock.js';
import { Housekeeping } from './housekeeping.js';

/** A clock that is kept by NTP is off by milliseconds, and one set to another zone's hour by an hour. */
const DISAGREEMENT_MS = 3_600_000;
const EVERY_MS = 10_000;

/** One of two clocks is wrong, and nothing tells which. */
export class ClocksDisagree extends Error {
  override readonly name = 'ClocksDisagree';

  /** @param aheadMs of PostgreSQL's clock */
  constructor(aheadMs: number) {
    const hours = (Math.abs(aheadMs) / 3_600_000).toFixed(1);
    const side = aheadMs > 0 ? 'ahead of' : 'behind';
    super(
      `this replica's clock is ${hours} h ${side} PostgreSQL's: set the wrong one right; until then nothing is deleted`,
    );
  }
}

/**
 * The time by which things are deleted for good: PostgreSQL's, as long as this replica's clock agrees with it. So no single
 * wrong clock can drop what should be kept.
 */
@Injectable()
export class AgreedTime implements OnModuleInit {
  /** This replica's clock minus PostgreSQL's, as last measured. */
  private aheadMs: number | null = null;

  constructor(
    private readonly databaseClock: DatabaseClock,
    private readonly clock: Clock,
    private readonly housekeeping: Housekeeping,
    private readonly health: Health,
    private readonly telemetry: Telemetry,
  ) {}

  onModuleInit(): void {
    this.housekeeping.register({
      name: 'comparing clocks',
      everyMs: EVERY_MS,
      run: async () => void (await this.measure()),
    });
    this.health.register({
      name: 'clock',
      required: false,
      check: () => {
        const disagreement = this.disagreement();
        return Promise.resolve(disagreement ? { status: 'down', reason: disagreement.message } : { status: 'up' });
      },
    });
    const gauge = new Gauge({
      name: 'monitoreo_clock_ahead_seconds',
      help: "This replica's clock minus PostgreSQL's; from an hour on nothing is deleted by its age",
      registers: [this.telemetry.registry],
      collect: () => {
        if (this.aheadMs !== null) gauge.set(this.aheadMs / 1000);
      },
    });
  }

  /** Epoch milliseconds. @throws ClocksDisagree by an hour or more */
  async now(): Promise<number> {
    const now = await this.measure();
    const disagreement = this.disagreement();
    if (disagreement) throw disagreement;
    return now;
  }

  private async measure(): Promise<number> {
    const before = this.clock.now();
    const now = await this.databaseClock.now();
    this.aheadMs = (before + this.clock.now()) / 2 - now;
    return now;
  }

  private disagreement(): ClocksDisagree | null {
    if (this.aheadMs === null || Math.abs(this.aheadMs) < DISAGREEMENT_MS) return null;
    return new ClocksDisagree(this.aheadMs);
  }
}
