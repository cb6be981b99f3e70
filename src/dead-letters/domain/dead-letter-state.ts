/**
 * `open`: it is not recorded. `replayed`: it was recorded since, or found to be recorded already. `erased`: its person was
 * erased, and its bytes with them.
 */
export const DEAD_LETTER_STATES = ['open', 'replayed', 'erased'] as const;
export type DeadLetterState = (typeof DEAD_LETTER_STATES)[number];
