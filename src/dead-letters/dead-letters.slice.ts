import { join } from 'node:path';
import type { Slice } from '../platform/slice.js';
import { DEAD_LETTERS_FAILPOINTS } from './dead-letters.failpoints.js';
import { DEAD_LETTERS_VARIABLES } from './dead-letters.variables.js';

export const deadLetters = {
  name: 'dead-letters',
  module: async () => (await import('./dead-letters.module.js')).DeadLettersModule,
  migrations: join(import.meta.dirname, 'infrastructure/postgres/migrations'),
  variables: DEAD_LETTERS_VARIABLES,
  failpoints: DEAD_LETTERS_FAILPOINTS,
} as const satisfies Slice;
