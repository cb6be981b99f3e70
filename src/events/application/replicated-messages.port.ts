/** Messages that were published in another region, and that its broker replicated to the one of this region. */
export abstract class ReplicatedMessages {
  /**
   * `record`: like all others. `identified`: those that bring an identity, since the address of a copy is another one; the others
   * become dead letters. `leave`: none, their own region records them, and a merge brings them.
   */
  abstract readonly treatment: 'record' | 'identified' | 'leave';
  /** Counts what is settled and not recorded. @param topic full name */
  abstract left(topic: string, messages: number): void;
}
