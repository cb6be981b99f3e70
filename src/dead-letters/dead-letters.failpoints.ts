import { MAY_FAIL, pointsOf, type Failpoints } from '../platform/failpoint.js';

export const DEAD_LETTERS_FAILPOINTS = {
  in_dead_letter_write: MAY_FAIL,
} as const satisfies Failpoints;

export const { failpoint } = pointsOf(DEAD_LETTERS_FAILPOINTS);
