import { LRUCache } from 'lru-cache';
import { DAY_MS, HOUR_MS } from '../../../../events/domain/calendar.js';
import type { TimeRange } from '../../../../events/domain/time-range.js';

/** With fewer events an hour, to count them takes no longer than to prove that they are the same. */
const FEWEST_AN_HOUR = 100;
/** One page keeps no more. More than this is counted in PostgreSQL, which then sends no more than the counts. */
const MOST_BYTES = 24_000_000;
const LONGEST_MS = 31 * DAY_MS;
const MOST_PAGES = 2_000;
/** After this long without a question it is found out again whether the page is still busy. */
const KNOWN_MS = HOUR_MS;

interface Known {
  readonly lengthMs: number;
  readonly bytes: number;
  readonly anHour: number;
}

/**
 * Knows of which pages the hours are worth keeping. It learns this from the counts of a question that was answered without
 * them, so the first question about a page never is.
 */
export class BusyPages {
  private readonly pages = new LRUCache<string, Known>({ max: MOST_PAGES, ttl: KNOWN_MS });

  /** @param part the page, and what is kept of it. @param window both sides may be open */
  isBusy(part: string, window: TimeRange): boolean {
    const lengthMs = window.end - window.start;
    const known = this.pages.get(part);
    return (
      known !== undefined &&
      lengthMs <= LONGEST_MS &&
      lengthMs <= known.lengthMs &&
      known.anHour >= FEWEST_AN_HOUR &&
      known.bytes <= MOST_BYTES
    );
  }

  /**
   * Learns from the answer for a closed window. What is known of a longer one stays.
   *
   * @param events of all devices, or about how many. @param bytes that they take, packed
   */
  learn(part: string, { start, end }: TimeRange, events: number, bytes: number): void {
    const lengthMs = end - start;
    const known = this.pages.get(part);
    if (lengthMs > LONGEST_MS || lengthMs < Math.max(HOUR_MS, known?.lengthMs ?? 0)) return;
    // The answer for a class of device says less than what was packed did.
    this.pages.set(part, {
      lengthMs,
      bytes: Math.max(bytes, known?.bytes ?? 0),
      anHour: Math.max((events * HOUR_MS) / lengthMs, known?.anHour ?? 0),
    });
  }
}
