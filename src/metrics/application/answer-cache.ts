import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../platform/clock/clock.js';
import { Config } from '../../platform/config/config.js';
import { untilAborted } from '../../platform/until-aborted.js';
import { METRICS_VARIABLES } from '../metrics.variables.js';

/** Answers of about 3 kB, series up to 300 kB. */
const MAX_ENTRIES = 500;
/** What is counted from the facts is kept ten times as long as it took: it never costs more than a tenth of a connection. */
const KEPT_PER_COST = 10;
const LONGEST_KEPT_MS = 60_000;

type Compute<T> = (signal?: AbortSignal) => Promise<T>;

interface Entry {
  readonly answer: Promise<unknown>;
  /** Clock's milliseconds; endless while it is being computed, so that equal questions wait for one answer. */
  validUntil: number;
  /** How many wait while it is being computed. */
  waiting: number;
  /** Aborts when the last of them has gone. */
  readonly abandoned: AbortController;
}

export interface Asking {
  /** Computed from the facts: kept beyond the tick, by what it took, a minute at most. */
  readonly costly?: boolean;
  /** Aborts when whoever asks has gone; what is computed for others as well goes on. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Equal questions within a tick share one query and one answer. Errors are not kept. An answer says of what time it is
 * (`as_of`), so a kept one is never passed off as fresh.
 */
@Injectable()
export class AnswerCache {
  private readonly entries = new LRUCache<string, Entry>({ max: MAX_ENTRIES });
  private readonly tickMs: number;

  constructor(
    private readonly clock: Clock,
    config: Config,
  ) {
    this.tickMs = config.of(METRICS_VARIABLES).METRICS_CACHE_MS;
  }

  /** The present, in ticks: the same for all who ask within one. Epoch milliseconds; exact while the cache is off. */
  now(): number {
    const now = this.clock.now();
    return this.tickMs === 0 ? now : Math.floor(now / this.tickMs) * this.tickMs;
  }

  /** @param key the whole question; equal keys have equal answers */
  get<T>(key: readonly unknown[], compute: Compute<T>, { costly = false, signal }: Asking = {}): Promise<T> {
    if (this.tickMs === 0) return compute(signal);
    const name = JSON.stringify(key);
    const known = this.entries.get(name);
    const entry = known && this.clock.now() < known.validUntil ? known : this.begin(name, compute, costly);
    return (entry.validUntil < Infinity ? entry.answer : this.wait(name, entry, signal)) as Promise<T>;
  }

  private begin(name: string, compute: Compute<unknown>, costly: boolean): Entry {
    const tickEnds = this.now() + this.tickMs;
    const started = performance.now();
    const abandoned = new AbortController();
    const entry: Entry = { answer: compute(abandoned.signal), validUntil: Infinity, waiting: 0, abandoned };
    this.entries.set(name, entry);
    entry.answer.then(
      () => {
        const kept = costly ? Math.min((performance.now() - started) * KEPT_PER_COST, LONGEST_KEPT_MS) : 0;
        entry.validUntil = Math.max(tickEnds, this.clock.now() + kept);
      },
      () => this.forget(name, entry),
    );
    return entry;
  }

  private async wait(name: string, entry: Entry, signal?: AbortSignal): Promise<unknown> {
    entry.waiting += 1;
    try {
      return await (signal ? untilAborted(entry.answer, signal) : entry.answer);
    } finally {
      entry.waiting -= 1;
      if (entry.waiting === 0 && signal?.aborted && entry.validUntil === Infinity) {
        // Whoever asks now begins anew: this one ends without an answer.
        this.forget(name, entry);
        entry.abandoned.abort(signal.reason);
      }
    }
  }

  private forget(name: string, entry: Entry): void {
    if (this.entries.get(name) === entry) this.entries.delete(name);
  }
}
