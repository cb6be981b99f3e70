import type { StorageBounds } from '../../../events/domain/counts/storage-bounds.js';

/** One row, which the statement for the figures reads itself, so that both are of one snapshot. */
export const STORAGE_BOUNDS = `
  select extract(epoch from retention_floor)::float8 * 1000 as retention_floor,
    extract(epoch from fine_horizon)::float8 * 1000 as fine_horizon
  from storage_bounds`;

export interface BoundsRow {
  readonly retention_floor: number;
  readonly fine_horizon: number;
}

export function boundsOf(row: BoundsRow | undefined): StorageBounds {
  if (!row) throw new Error('storage_bounds holds no row');
  return { retentionFloor: row.retention_floor, fineHorizon: row.fine_horizon };
}
