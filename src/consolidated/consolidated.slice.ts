import type { Slice } from '../platform/slice.js';
import { CONSOLIDATED_VARIABLES } from './consolidated.variables.js';

export const consolidated = {
  name: 'consolidated',
  module: async () => (await import('./consolidated.module.js')).ConsolidatedModule,
  variables: CONSOLIDATED_VARIABLES,
} as const satisfies Slice;
