import { signal } from '@preact/signals';

/** Nothing moves by itself while it is set. */
export const paused = signal(false);
