/** The key that a route asks for. */
export interface AskedKey {
  /** The least role that will do; which roles include it, `AccessControl` knows. */
  readonly role: string;
  /** Everybody may call it while the configuration says so. */
  readonly openBy?: 'READS' | 'PUBLIC_WRITES';
}

/** The key that a route asks for. A route that does not say it makes the start fail. */
export type RouteAccess = 'open' | AskedKey;
