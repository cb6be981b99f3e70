import type { TimeRange } from '../../events/domain/time-range.js';

export const DIRECTIONS = ['from', 'to'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** A path from the root to a page, and how many sessions took it. */
export interface CountedPath {
  /** The place, in the list, of the path that this one prolongs by a page. Null: this is the root. */
  readonly parent: number | null;
  /** Its last page. */
  readonly page: string;
  readonly sessions: number;
  /** Sessions that went to no further page. */
  readonly ended: number;
  /** All pages that follow. */
  readonly branches: number;
}

export interface CountedPaths {
  /** The paths. Of each page only the most frequent branches are kept. A path stands after the one that it prolongs. */
  readonly paths: readonly CountedPath[];
  readonly excluded: number;
  readonly window: TimeRange;
  readonly exact: boolean;
}

export abstract class PathsReader {
  /**
   * @param steps longest path beyond the root @param branches most of each page
   * @throws {RangeTooLong} when it takes longer than a read may
   */
  abstract count(
    pageUrl: string,
    direction: Direction,
    window: TimeRange,
    most: { readonly steps: number; readonly branches: number },
    signal?: AbortSignal,
  ): Promise<CountedPaths>;
}
