/** A notice to be sent, and where to. */
export interface Notification {
  /** It is the same on every try. */
  readonly id: string;
  readonly body: string;
  /** Null: the rule has no webhook any longer. */
  readonly url: string | null;
  readonly secret: string;
  /** The attempts with the one that begins now, ≥ 1. */
  readonly attempts: number;
  /** How long ago the notice was written, milliseconds. */
  readonly ageMs: number;
}

export abstract class Outbox {
  /**
   * Claims what is due for this replica. It takes one notice of each rule at most, so that the notices of a rule arrive in
   * their order.
   *
   * @param forMs after which another replica may try it, unless its outcome is noted before
   */
  abstract claim(forMs: number): Promise<readonly Notification[]>;

  abstract delivered(id: string): Promise<void>;

  /** @param againInMs null: the notice is given up */
  abstract failed(id: string, reason: string, againInMs: number | null): Promise<void>;
}
