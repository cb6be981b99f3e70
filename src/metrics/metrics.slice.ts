import type { Slice } from '../platform/slice.js';
import { MetricsModule } from './metrics.module.js';
import { METRICS_VARIABLES } from './metrics.variables.js';

export const metrics = {
  name: 'metrics',
  module: MetricsModule,
  variables: METRICS_VARIABLES,
} as const satisfies Slice;
