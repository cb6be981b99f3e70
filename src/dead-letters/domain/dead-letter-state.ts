/** `open`: not recorded. `replayed`: recorded since, or found to be recorded already. */
export const DEAD_LETTER_STATES = ['open', 'replayed'] as const;
export type DeadLetterState = (typeof DEAD_LETTER_STATES)[number];
