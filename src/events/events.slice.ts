import { join } from 'node:path';
import type { Slice } from '../platform/slice.js';
import { EVENTS_FAILPOINTS } from './events.failpoints.js';
import { EVENTS_LOCKS } from './events.locks.js';
import { checkTopics, EVENTS_VARIABLES } from './events.variables.js';

/** The write side; its migrations also make the tables that the read slices read. */
export const events = {
  name: 'events',
  module: async () => (await import('./events.module.js')).EventsModule,
  migrations: join(import.meta.dirname, 'infrastructure/postgres/migrations'),
  variables: EVENTS_VARIABLES,
  check: checkTopics,
  failpoints: EVENTS_FAILPOINTS,
  locks: EVENTS_LOCKS,
} as const satisfies Slice;
