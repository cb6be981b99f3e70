import { integer, type Variables } from '../platform/config/variable.js';

export const DEAD_LETTERS_VARIABLES = {
  DEAD_LETTER_RETENTION_DAYS: integer({
    default: null,
    min: 1,
    max: 36_500,
    about: 'days that open dead letters are kept; unset: for ever (replayed ones: 30 days, or less)',
  }),
} as const satisfies Variables;
