import { join } from 'node:path';
import type { Slice } from '../platform/slice.js';
import { ALERTS_FAILPOINTS } from './alerts.failpoints.js';
import { ALERTS_LOCKS } from './alerts.locks.js';
import { ALERTS_VARIABLES } from './alerts.variables.js';

/** Tells people when a figure crosses the threshold that they set. */
export const alerts = {
  name: 'alerts',
  module: async () => (await import('./alerts.module.js')).AlertsModule,
  migrations: join(import.meta.dirname, 'infrastructure/postgres/migrations'),
  variables: ALERTS_VARIABLES,
  failpoints: ALERTS_FAILPOINTS,
  locks: ALERTS_LOCKS,
} as const satisfies Slice;
