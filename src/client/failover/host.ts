/** The client takes these from the platform that it runs on. */
export interface Host {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `run` once, later. @returns what prevents it */
  after(milliseconds: number, run: () => void): () => void;
  randomBytes(count: number): Uint8Array;
}

/** A browser, or Node: both have these by the same names. `randomUUID` is for secure pages alone, and many are not. */
export const HOST: Host = {
  now: () => Date.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
  randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
};
