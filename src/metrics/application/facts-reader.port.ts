import type { EventType } from '../../events/domain/incoming-event.js';
import type { TimeRange } from '../../events/domain/time-range.js';
import type { MetricsFilter } from '../domain/metrics-filter.js';
import type { UserCounts } from './answers/fact-sections.answer.js';

/** A result that was counted from the events one by one, and the window that it covers. */
export interface Counted<T> {
  readonly result: T;
  /** The window, above the retention floor. It differs from what was asked only if `exact` is false. */
  readonly window: TimeRange;
  readonly exact: boolean;
}

/** The amounts of the sales in one currency, decimals as PostgreSQL writes them. */
export interface AmountStatistics {
  readonly currency: string;
  readonly sales: number;
  readonly p50: string;
  readonly p95: string;
  readonly p99: string;
  /** How many sales lie at or above the n-th bound and below the next one. Bounds without sales are left out. */
  readonly histogram: readonly { readonly bound: number; readonly sales: number }[];
}

export interface Ranked {
  readonly name: string | null;
  readonly events: number;
}

export interface Ranking {
  /** Names with most events first, equal ones by name. */
  readonly top: readonly Ranked[];
  readonly events: number;
  /** How many names there are. */
  readonly names: number;
}

/** Reads figures that only the facts hold. Each takes as long as there are events in the window; `signal` cancels it. */
export abstract class FactsReader {
  /** @throws {RangeTooLong} when it takes longer than a read may, as all of these */
  abstract users(window: TimeRange, filter: MetricsFilter, signal?: AbortSignal): Promise<Counted<UserCounts>>;
  /** @param bounds of the histogram, ascending decimals */
  abstract amounts(
    window: TimeRange,
    filter: MetricsFilter,
    bounds: readonly string[],
    signal?: AbortSignal,
  ): Promise<Counted<readonly AmountStatistics[]>>;
  abstract conversionTypes(
    window: TimeRange,
    filter: MetricsFilter,
    limit: number,
    signal?: AbortSignal,
  ): Promise<Counted<Ranking>>;
  /** Pages of clicks (without votes, views and scrolls), conversions or sales. */
  abstract pages(
    window: TimeRange,
    eventType: EventType,
    limit: number,
    signal?: AbortSignal,
  ): Promise<Counted<Ranking>>;
}
