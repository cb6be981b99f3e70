/** The one place where the wall clock is read; everything else gets the time from here, so that tests can set it. */
export class Clock {
  /** Epoch milliseconds. */
  now(): number {
    // eslint-disable-next-line no-restricted-properties -- this is the one place
    return Date.now();
  }
}
