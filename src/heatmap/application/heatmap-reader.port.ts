import type { TimeRange } from '../../events/domain/time-range.js';
import type { ClickCounts } from '../domain/packed-clicks.js';
import type { ViewCounts } from '../domain/packed-views.js';
import type { DeviceClass } from '../domain/device-class.js';
import type { Grid } from '../domain/grid.js';
import type { HeatmapSummary } from './answers/summary.answer.js';

/** Which clicks and views are counted. */
export interface HeatmapFilter {
  /** Null: those of all pages. */
  readonly pageUrl: string | null;
  /** Null: those of all users. */
  readonly device: DeviceClass | null;
  readonly userId: string | null;
}

/** A result that was counted from the events one by one, and the window that it covers. */
export interface Counted<T> {
  readonly result: T;
  /** The window, above the retention floor. It differs from what was asked only if `exact` is false. */
  readonly window: TimeRange;
  readonly exact: boolean;
}

/** Counts of figures that the indexes do not hold. */
export interface ElementCounts {
  readonly elements: NonNullable<HeatmapSummary['elements']>;
  readonly rest: NonNullable<HeatmapSummary['rest_of_elements']>;
  readonly withoutElement: number;
  readonly sessions: number;
  readonly aboveFold: number;
  readonly withFold: number;
}

export interface PageCounts {
  readonly pages: readonly { readonly page_url: string; readonly clicks: number; readonly views: number }[];
  readonly rest: { readonly pages: number; readonly clicks: number };
}

/**
 * Reads clicks and views of pages, which it counts one by one. Each question takes as long as there are such events in its
 * window, unless it has been asked before about a busy page. `signal` cancels it.
 */
export abstract class HeatmapReader {
  /** @throws {RangeTooLong} when it takes longer than a read may, as all of these */
  abstract clicks(
    filter: HeatmapFilter,
    window: TimeRange,
    grid: Grid,
    signal?: AbortSignal,
  ): Promise<Counted<ClickCounts>>;
  abstract elements(
    filter: HeatmapFilter,
    window: TimeRange,
    most: number,
    signal?: AbortSignal,
  ): Promise<Counted<ElementCounts>>;
  abstract views(filter: HeatmapFilter, window: TimeRange, signal?: AbortSignal): Promise<Counted<ViewCounts>>;
  /** The newest clicks of both layers, newest first. */
  abstract newest(
    filter: HeatmapFilter,
    window: TimeRange,
    most: number,
    signal?: AbortSignal,
  ): Promise<HeatmapSummary['events']>;
  /** Pages by their number of clicks. */
  abstract pages(window: TimeRange, most: number, signal?: AbortSignal): Promise<Counted<PageCounts>>;
}
