import type { Slice } from '../platform/slice.js';

/** A read slice: its clicks and views are recorded by `events`, which also owns the indexes that it reads. */
export const heatmap = {
  name: 'heatmap',
  module: async () => (await import('./heatmap.module.js')).HeatmapModule,
} as const satisfies Slice;
