import { join } from 'node:path';
import type { Slice } from '../platform/slice.js';
import { LIVE_VARIABLES } from './live.variables.js';

export const live = {
  name: 'live',
  module: async () => (await import('./live.module.js')).LiveModule,
  migrations: join(import.meta.dirname, 'infrastructure/postgres/migrations'),
  variables: LIVE_VARIABLES,
} as const satisfies Slice;
