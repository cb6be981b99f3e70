import { integer, type Variables } from '../platform/config/variable.js';

export const LIVE_VARIABLES = {
  SSE_MAX_PER_ADDRESS: integer({
    default: 1000,
    min: 1,
    max: 100_000,
    about: 'live streams of one address at once: a crowd sits behind one',
  }),
} as const satisfies Variables;
