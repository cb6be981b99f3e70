import type { Slice } from '../platform/slice.js';

export const funnels = {
  name: 'funnels',
  module: async () => (await import('./funnels.module.js')).FunnelsModule,
} as const satisfies Slice;
