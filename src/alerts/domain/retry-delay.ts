const FIRST_MS = 5_000;
const LONGEST_MS = 3_600_000;
/** After this time nobody waits for the news any longer. */
export const GIVEN_UP_AFTER_MS = 3 * 86_400_000;

/**
 * The wait after the n-th attempt at a delivery. It begins at 5 s and doubles up to an hour. Up to a fifth of it is random,
 * so that notices that failed together do not come back together.
 *
 * @param attempts made so far, ≥ 1
 * @param chance from 0 up to 1
 */
export const retryDelayMs = (attempts: number, chance: number): number =>
  Math.round(Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempts - 1)) * (0.8 + 0.2 * chance));
