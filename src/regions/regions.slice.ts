import { join } from 'node:path';
import type { Slice } from '../platform/slice.js';
import { REGIONS_LOCKS } from './regions.locks.js';
import { checkRegions, REGIONS_VARIABLES } from './regions.variables.js';

/** Several regions with a database each: what one recorded is merged into the other. */
export const regions = {
  name: 'regions',
  module: async () => (await import('./regions.module.js')).RegionsModule,
  migrations: join(import.meta.dirname, 'infrastructure/postgres/migrations'),
  variables: REGIONS_VARIABLES,
  check: checkRegions,
  locks: REGIONS_LOCKS,
} as const satisfies Slice;
