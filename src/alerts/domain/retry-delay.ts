const FIRST_MS = 5_000;
const LONGEST_MS = 3_600_000;
/** From here on nobody waits for the news any longer. */
export const GIVEN_UP_AFTER_MS = 3 * 86_400_000;

/**
 * The wait after the n-th attempt at a delivery: 5 s, doubled up to an hour, of which up to a fifth is left to chance, so that
 * what failed together does not come back together.
 *
 * @param attempts made so far, ≥ 1 @param chance from 0 up to 1
 */
export const retryDelayMs = (attempts: number, chance: number): number =>
  Math.round(Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempts - 1)) * (0.8 + 0.2 * chance));
