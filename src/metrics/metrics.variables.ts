import { integer, type Variables } from '../platform/config/variable.js';

export const METRICS_VARIABLES = {
  METRICS_CACHE_MS: integer({
    default: 1000,
    min: 0,
    max: 60_000,
    about: 'how long equal questions for figures share one answer, milliseconds, and the ticks of their now; 0: never',
  }),
} as const satisfies Variables;
