/** `open`: not recorded. `replayed`: recorded since, or found to be recorded already. `erased`: its person was, and its bytes are gone. */
export const DEAD_LETTER_STATES = ['open', 'replayed', 'erased'] as const;
export type DeadLetterState = (typeof DEAD_LETTER_STATES)[number];
