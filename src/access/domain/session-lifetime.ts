const HOUR_MS = 3_600_000;
const IDLE_MS = 8 * HOUR_MS;
const LONGEST_MS = 7 * 24 * HOUR_MS;

/** When a session ends by itself: 8 hours after it was last used, 7 days after it was opened. Epoch milliseconds. */
export const sessionEnd = (openedAt: number, lastSeen: number): number =>
  Math.min(lastSeen + IDLE_MS, openedAt + LONGEST_MS);

/** Rows that can no longer be alive were opened, or last seen, before these. */
export const sessionBounds = (now: number) => ({ openedBefore: now - LONGEST_MS, seenBefore: now - IDLE_MS });
