import type { Slice } from '../platform/slice.js';
import { WEB_VARIABLES } from './web.variables.js';

/** The pages. They use the public API alone. */
export const web = {
  name: 'web',
  module: async () => (await import('./web.module.js')).WebModule,
  variables: WEB_VARIABLES,
} as const satisfies Slice;
