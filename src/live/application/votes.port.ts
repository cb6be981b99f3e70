/** Publishes votes to their topic. */
export abstract class Votes {
  /**
   * Resolves when the broker has it.
   *
   * @param payload JSON, as a producer sends it
   * @throws {VoteNotTaken}
   */
  abstract publish(payload: Buffer): Promise<void>;
}

/** The broker did not say that it has the vote; it may have it all the same, so a resend needs the same id. */
export class VoteNotTaken extends Error {
  override readonly name = 'VoteNotTaken';
}
