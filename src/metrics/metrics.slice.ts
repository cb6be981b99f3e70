import type { Slice } from '../platform/slice.js';
import { METRICS_VARIABLES } from './metrics.variables.js';

export const metrics = {
  name: 'metrics',
  module: async () => (await import('./metrics.module.js')).MetricsModule,
  variables: METRICS_VARIABLES,
} as const satisfies Slice;
