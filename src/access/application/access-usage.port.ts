/** Stores when keys and sessions were last used. */
export abstract class AccessUsage {
  /**
   * @param keys epoch milliseconds by the key's id
   * @param sessions epoch milliseconds by the digest of the session in hexadecimal
   */
  abstract note(keys: ReadonlyMap<string, number>, sessions: ReadonlyMap<string, number>): Promise<void>;
}
