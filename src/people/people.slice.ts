import { join } from 'node:path';
import type { Slice } from '../platform/slice.js';
import { PEOPLE_FAILPOINTS } from './people.failpoints.js';
import { PEOPLE_LOCKS } from './people.locks.js';
import { PEOPLE_VARIABLES } from './people.variables.js';

/** People's rights: all that is held on a person, and its erasure. */
export const people = {
  name: 'people',
  module: async () => (await import('./people.module.js')).PeopleModule,
  migrations: join(import.meta.dirname, 'infrastructure/postgres/migrations'),
  variables: PEOPLE_VARIABLES,
  failpoints: PEOPLE_FAILPOINTS,
  locks: PEOPLE_LOCKS,
} as const satisfies Slice;
