import type { Slice } from '../platform/slice.js';

/** The pages. They use the public API alone. */
export const web = {
  name: 'web',
  module: async () => (await import('./web.module.js')).WebModule,
} as const satisfies Slice;
