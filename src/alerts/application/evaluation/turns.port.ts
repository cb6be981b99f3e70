/** Gives out turns. All replicas judge at the same turns, and one of them claims each. */
export abstract class Turns {
  /** @returns the number of the turn that is due, which is then this replica's; null: none is due */
  abstract claim(): Promise<number | null>;

  /** Ends a turn, so that nobody takes it over. */
  abstract done(turn: number): Promise<void>;
}
