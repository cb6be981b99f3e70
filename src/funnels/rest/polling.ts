/** They move although nothing happened; a client asks each time. */
export const POLLING = { noise: ['as_of', 'lag_ms', 'window'], maxAgeSeconds: 0 } as const;
