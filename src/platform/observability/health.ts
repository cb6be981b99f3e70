import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import type { ComponentHealth } from './health.answer.js';

interface Component {
  readonly name: string;
  /** Whether HTTP cannot be served without it: only such a part makes readiness answer 503. */
  readonly required: boolean;
  readonly check: () => Promise<ComponentHealth>;
}

/** A poller every few milliseconds costs two checks a second. */
const CACHE_MS = 500;

/** The parts of the service and how they are; each slice registers the part that it depends on. */
@Injectable()
export class Health {
  private readonly components: Component[] = [];
  private cached: { at: number; components: Promise<Record<string, ComponentHealth>> } | null = null;
  private drainingSince: number | null = null;
  private readonly stopping = new AbortController();

  constructor(private readonly clock: Clock) {}

  register(component: Component): void {
    this.components.push(component);
  }

  /** From this moment readiness answers 503, so that no balancer sends more. */
  drain(): void {
    this.drainingSince ??= performance.now();
    this.stopping.abort();
  }

  /** Aborts at `drain()`. */
  get draining(): AbortSignal {
    return this.stopping.signal;
  }

  /** 0 before `drain()`. */
  drainingForMs(): number {
    return this.drainingSince === null ? 0 : performance.now() - this.drainingSince;
  }

  report(): Promise<Record<string, ComponentHealth>> {
    const now = this.clock.now();
    if (!this.cached || now - this.cached.at >= CACHE_MS) this.cached = { at: now, components: this.checkAll() };
    return this.cached.components;
  }

  /** The reasons that keep the service from serving; empty: it is ready. */
  async notReady(): Promise<Record<string, string>> {
    const report = await this.report();
    const reasons: Record<string, string> = this.drainingSince !== null ? { service: 'is shutting down' } : {};
    for (const { name, required } of this.components) {
      const health = report[name];
      if (required && health && health.status !== 'up') reasons[name] = health.reason ?? health.status;
    }
    return reasons;
  }

  private async checkAll(): Promise<Record<string, ComponentHealth>> {
    const entries = await Promise.all(this.components.map(async ({ name, check }) => [name, await check()] as const));
    return Object.fromEntries(entries);
  }
}
