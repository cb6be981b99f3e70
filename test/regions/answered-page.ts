import { FACT_COLUMNS } from '../../src/regions/domain/fact-row.js';

/** A page of facts as another region writes it; without facts, unless told. */
export const answeredPage = (more: Record<string, unknown> = {}) => ({
  region: 'b',
  cluster: 'b',
  topics: { click: 'clicks', conversion: 'conversions', sale: 'sales' },
  fingerprint_version: 2,
  system: '7576138790123456789',
  timeline: '00000001',
  restarted: false,
  as_of: '2025-11-22T12:00:00.000Z',
  held_back_ms: 0,
  held_back_by: null,
  dead_letters: null,
  watermark: 'w',
  next_cursor: null,
  columns: FACT_COLUMNS,
  facts: [],
  conflicts: [],
  ...more,
});
