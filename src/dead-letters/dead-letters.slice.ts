import type { Slice } from '../platform/slice.js';
import { DEAD_LETTERS_FAILPOINTS } from './dead-letters.failpoints.js';
import { DeadLettersModule } from './dead-letters.module.js';
import { DEAD_LETTERS_VARIABLES } from './dead-letters.variables.js';

export const deadLetters = {
  name: 'dead-letters',
  module: DeadLettersModule,
  variables: DEAD_LETTERS_VARIABLES,
  failpoints: DEAD_LETTERS_FAILPOINTS,
} as const satisfies Slice;
