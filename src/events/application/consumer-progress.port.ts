/** One topic that this process consumes. */
export interface FollowedTopic {
  /** @param publishedAt of the messages of a batch, epoch milliseconds. @returns to be called when they are in the database. */
  begin(publishedAt: readonly number[]): () => void;
}

/** Tells all replicas how far this process is with each topic. Advice for readers of figures: recording depends on nothing here. */
export abstract class ConsumerProgress {
  /** @param topic full name. @param problem why nothing comes in; null while all is well. */
  abstract follow(topic: string, problem: () => string | null): FollowedTopic;
}
