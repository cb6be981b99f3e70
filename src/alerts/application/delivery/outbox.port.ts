/** What is to be told, and to whom. */
export interface Notification {
  /** The same on every try. */
  readonly id: string;
  readonly body: string;
  /** Null: the rule has no webhook any longer. */
  readonly url: string | null;
  readonly secret: string;
  /** With the one that begins, ≥ 1. */
  readonly attempts: number;
  /** How long ago it was written, milliseconds. */
  readonly ageMs: number;
}

export abstract class Outbox {
  /**
   * What is due and now this replica's for a while, at most one of each rule, so that what is told of one comes in its order.
   *
   * @param forMs after which another replica may try it, unless its outcome is noted before
   */
  abstract claim(forMs: number): Promise<readonly Notification[]>;

  abstract delivered(id: string): Promise<void>;

  /** @param againInMs null: it is given up */
  abstract failed(id: string, reason: string, againInMs: number | null): Promise<void>;
}
