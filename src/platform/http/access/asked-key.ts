/** The key that a route asks for. */
export interface AskedKey {
  /** The least role that will do; which roles include it, `AccessControl` knows. */
  readonly role: string;
  /** For everybody while the configuration says so. */
  readonly openBy?: 'READS' | 'PUBLIC_WRITES';
}

/** What a route asks of whoever calls it. A route that does not say it fails the start. */
export type RouteAccess = 'open' | AskedKey;
