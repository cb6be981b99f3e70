/** All replicas judge at the same turns; one of them claims each. */
export abstract class Turns {
  /** @returns the number of the turn that is due now and is this replica's from here on; null when there is none */
  abstract claim(): Promise<number | null>;

  /** Nobody need take it over. */
  abstract done(turn: number): Promise<void>;
}
