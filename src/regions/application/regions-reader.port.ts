import type { Conflict, Merge } from './answers/regions.answer.js';
import type { LastMerge } from '../domain/region-status.js';

/** How far a region is merged. */
export interface MergedRegion {
  readonly name: string;
  readonly mergedUntil: string | null;
  /** By PostgreSQL's clock. */
  readonly lagMs: number | null;
  readonly last: LastMerge | null;
}

export abstract class RegionsReader {
  /** One for each name, in their order. */
  abstract merged(names: readonly string[]): Promise<readonly MergedRegion[]>;
  /** Newest first. */
  abstract merges(limit: number): Promise<readonly Merge[]>;
  /** The number of identities in conflict, and the newest of them. */
  abstract conflicts(limit: number): Promise<{ readonly total: number; readonly newest: readonly Conflict[] }>;
}
