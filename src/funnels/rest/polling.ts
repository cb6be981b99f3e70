/** These members change with the clock, even if nothing happened. An ETag leaves them out. */
export const POLLING = { noise: ['as_of', 'lag_ms', 'window'], maxAgeSeconds: 0 } as const;
