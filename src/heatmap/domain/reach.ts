import { DAY_MS } from '../../events/domain/calendar.js';

/** A view can say for this long that it was read further. */
export const READ_MS = DAY_MS;

const STEPS = 20;

/**
 * The depths for which the reach is told: 0.05, 0.10 … 1.00. Each is k ÷ 20, which is the number that its decimal means. So
 * a view of depth 0.15 has reached 0.15, while 3 × 0.05 is a little more.
 */
export const DEPTHS: readonly number[] = Array.from({ length: STEPS }, (_, step) => (step + 1) / STEPS);

/** The decimals of a share. */
const ROUNDED = 1e4;

/**
 * @param reached views that reached the n-th depth or more
 * @param known views whose depth is known
 */
export const reachOf = (reached: readonly number[], known: number): { depth: number; share: number }[] =>
  DEPTHS.map((depth, n) => ({
    depth,
    share: known === 0 ? 0 : Math.round(((reached[n] ?? 0) / known) * ROUNDED) / ROUNDED,
  }));
