/** Messages that were published in another region, and that its broker replicated to the one of this region. */
export abstract class ReplicatedMessages {
  /**
   * `record`: these messages are recorded like all others. `identified`: only those with an `event_id` are, because a copy
   * lies at another place than its original; the others become dead letters. `leave`: none is recorded here; their own
   * region does it, and a merge brings them.
   */
  abstract readonly treatment: 'record' | 'identified' | 'leave';
  /** Counts what is settled and not recorded. @param topic full name */
  abstract left(topic: string, messages: number): void;
}
