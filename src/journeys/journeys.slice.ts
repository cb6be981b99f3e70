import type { Slice } from '../platform/slice.js';

export const journeys = {
  name: 'journeys',
  module: async () => (await import('./journeys.module.js')).JourneysModule,
} as const satisfies Slice;
