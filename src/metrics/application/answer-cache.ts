import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../platform/clock/clock.js';
import { Config } from '../../platform/config/config.js';

/** Answers of about 3 kB, series up to 300 kB. */
const MAX_ENTRIES = 500;
/** What is counted from the facts is kept ten times as long as it took: it never costs more than a tenth of a connection. */
const KEPT_PER_COST = 10;
const LONGEST_KEPT_MS = 60_000;

interface Entry {
  readonly answer: Promise<unknown>;
  /** Clock's milliseconds; endless while it is being computed, so that equal questions wait for one answer. */
  validUntil: number;
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
    this.tickMs = config.settings.METRICS_CACHE_MS;
  }

  /** The present, in ticks: the same for all who ask within one. Epoch milliseconds; exact while the cache is off. */
  now(): number {
    const now = this.clock.now();
    return this.tickMs === 0 ? now : Math.floor(now / this.tickMs) * this.tickMs;
  }

  /**
   * @param key the whole question; equal keys have equal answers
   * @param costly computed from the facts: kept beyond the tick, by what it took, a minute at most
   */
  get<T>(key: readonly unknown[], compute: () => Promise<T>, costly = false): Promise<T> {
    if (this.tickMs === 0) return compute();
    const name = JSON.stringify(key);
    const known = this.entries.get(name);
    if (known && this.clock.now() < known.validUntil) return known.answer as Promise<T>;
    const tickEnds = this.now() + this.tickMs;
    const started = performance.now();
    const answer = compute();
    const entry: Entry = { answer, validUntil: Infinity };
    this.entries.set(name, entry);
    answer.then(
      () => {
        const kept = costly ? Math.min((performance.now() - started) * KEPT_PER_COST, LONGEST_KEPT_MS) : 0;
        entry.validUntil = Math.max(tickEnds, this.clock.now() + kept);
      },
      () => {
        if (this.entries.get(name) === entry) this.entries.delete(name);
      },
    );
    return answer;
  }
}
