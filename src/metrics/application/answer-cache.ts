import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../platform/clock/clock.js';
import { Config } from '../../platform/config/config.js';
import { Lane } from '../../platform/turns/lane.js';
import { untilAborted } from '../../platform/until-aborted.js';
import { METRICS_VARIABLES } from '../metrics.variables.js';
import { answerBytes } from './answer-bytes.js';

const MAX_ENTRIES = 500;
/**
 * An answer is about 3 kB, a series 300 kB, and a series of 40 currencies by the minute 12 MB. So this holds three of the
 * largest, or all that dashboards ask for.
 */
export const MAX_KEPT_BYTES = 40_000_000;
/** An answer that has expired is dropped within this time, whether it is asked for or not. */
const SWEEP_MS = 1_000;
/**
 * An answer that is counted from the facts is kept ten times as long as it took. So it never costs more than a tenth of a
 * connection.
 */
const KEPT_PER_COST = 10;
const LONGEST_KEPT_MS = 60_000;
/** So many different bulky answers are made at once. Each holds its rows, its points and its text. */
const BULKY_AT_ONCE = 2;
const BULKY_WAITING = 200;
const BULKY_PATIENCE_MS = 10_000;

type Compute<T> = (signal?: AbortSignal) => Promise<T>;

/** Answers that are being computed: equal questions wait for one of them. */
interface Computing {
  readonly answer: Promise<unknown>;
  /** How many callers wait. */
  waiting: number;
  /** Aborts when the last of them has closed its connection. */
  readonly abandoned: AbortController;
}

interface Kept {
  readonly answer: object;
  /** Milliseconds of the clock. */
  readonly validUntil: number;
  /** The answers that it was put together from; none: it was computed. */
  readonly parts: readonly object[];
}

export interface Asking {
  /** It is computed from the facts, so it is kept beyond the tick: ten times as long as it took, a minute at most. */
  readonly costly?: boolean;
  /** The answer may have megabytes, so few of these are computed at once. It must not wait for another bulky one. */
  readonly bulky?: boolean;
  /** Aborts when the caller has closed its connection. What others wait for, too, goes on. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Answers equal questions within a tick by one query and one answer. Errors are not kept. An answer says its own time
 * (`as_of`), so nobody takes a kept one for fresh. The kept answers are bounded in bytes, and dropped when they have
 * expired.
 */
@Injectable()
export class AnswerCache implements OnModuleDestroy {
  private readonly computing = new Map<string, Computing>();
  private readonly kept = new LRUCache<string, Kept>({
    max: MAX_ENTRIES,
    maxSize: MAX_KEPT_BYTES,
    sizeCalculation: ({ answer }, name) => answerBytes(answer) + name.length,
  });
  private readonly bulky = new Lane({
    of: 'long series',
    atOnce: BULKY_AT_ONCE,
    waiting: BULKY_WAITING,
    patienceMs: BULKY_PATIENCE_MS,
  });
  private readonly tickMs: number;
  private sweeping: NodeJS.Timeout | null = null;

  constructor(
    private readonly clock: Clock,
    config: Config,
  ) {
    this.tickMs = config.of(METRICS_VARIABLES).METRICS_CACHE_MS;
  }

  onModuleDestroy(): void {
    if (this.sweeping) clearInterval(this.sweeping);
  }

  /** About how much memory the kept answers take. */
  get keptBytes(): number {
    return this.kept.calculatedSize;
  }

  /**
   * The present, rounded to ticks, so that all who ask within one tick get the same. Epoch milliseconds; exact while the
   * cache is off.
   */
  now(): number {
    const now = this.clock.now();
    return this.tickMs === 0 ? now : Math.floor(now / this.tickMs) * this.tickMs;
  }

  /**
   * @param key the whole question, so that equal keys have equal answers
   * @throws {Overloaded} when too many bulky answers are asked for at once
   */
  async get<T extends object>(key: readonly unknown[], compute: Compute<T>, asking: Asking = {}): Promise<T> {
    const { bulky = false, costly = false, signal } = asking;
    const work = bulky ? (shared?: AbortSignal) => this.bulky.run(() => compute(shared), shared) : compute;
    if (this.tickMs === 0) return work(signal);
    const name = JSON.stringify(key);
    const kept = this.stillValid(name);
    if (kept) return kept.answer as T;
    const computing = this.computing.get(name) ?? this.begin(name, work, costly);
    return this.wait(name, computing, signal) as Promise<T>;
  }

  /**
   * Puts an answer together from others. It stays the same object as long as they are the same, so that it is written once
   * for all who ask.
   */
  together<T extends object>(key: readonly unknown[], parts: readonly object[], build: () => T): T {
    if (this.tickMs === 0) return build();
    const name = JSON.stringify(['together', ...key]);
    const known = this.stillValid(name);
    if (known?.parts.length === parts.length && parts.every((part, n) => part === known.parts[n]))
      return known.answer as T;
    const answer = build();
    this.keep(name, { answer, parts, validUntil: this.now() + this.tickMs });
    return answer;
  }

  private stillValid(name: string): Kept | undefined {
    const kept = this.kept.get(name);
    return kept && this.clock.now() < kept.validUntil ? kept : undefined;
  }

  private begin(name: string, compute: Compute<object>, costly: boolean): Computing {
    const tickEnds = this.now() + this.tickMs;
    const started = performance.now();
    const abandoned = new AbortController();
    const computing: Computing = { answer: compute(abandoned.signal), waiting: 0, abandoned };
    this.computing.set(name, computing);
    computing.answer.then(
      (answer) => {
        if (!this.forget(name, computing)) return;
        const kept = costly ? Math.min((performance.now() - started) * KEPT_PER_COST, LONGEST_KEPT_MS) : 0;
        const validUntil = Math.max(tickEnds, this.clock.now() + kept);
        this.keep(name, { answer: answer as object, parts: [], validUntil });
      },
      () => this.forget(name, computing),
    );
    return computing;
  }

  private async wait(name: string, computing: Computing, signal?: AbortSignal): Promise<unknown> {
    computing.waiting += 1;
    try {
      return await (signal ? untilAborted(computing.answer, signal) : computing.answer);
    } finally {
      computing.waiting -= 1;
      // A later caller begins anew, because this one ends without an answer.
      if (computing.waiting === 0 && signal?.aborted && this.forget(name, computing))
        computing.abandoned.abort(signal.reason);
    }
  }

  /** @returns whether later callers would still have waited for it */
  private forget(name: string, computing: Computing): boolean {
    return this.computing.get(name) === computing && this.computing.delete(name);
  }

  /** An answer that is larger than all that may be kept is not kept. */
  private keep(name: string, kept: Kept): void {
    this.kept.set(name, kept);
    this.sweeping ??= setInterval(() => this.sweep(), SWEEP_MS).unref();
  }

  private sweep(): void {
    const now = this.clock.now();
    for (const [name, { validUntil }] of this.kept.entries()) if (now >= validUntil) this.kept.delete(name);
    if (this.kept.size > 0 || !this.sweeping) return;
    clearInterval(this.sweeping);
    this.sweeping = null;
  }
}
