/** Bounds of what is read only to be thrown away, so that a client sees the answer it already has. Beyond them it may not. */
export const LINGER_BYTES = 64_000_000;
/** Longest silence of a client in the middle of its request. */
export const LINGER_IDLE_MS = 5_000;
/** This is as long as a whole request may take. */
export const LINGER_MS = 30_000;
