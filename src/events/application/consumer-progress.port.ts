/** How far this process sees the subscription of a topic. */
export interface TopicReport {
  /** Everything that was published longer ago than this is settled, milliseconds; 0: nothing waits. Null: not known. */
  readonly lagMs: number | null;
  /** Messages that wait for the time that their producer set. */
  readonly delayed: number;
  /** How long messages other than delayed ones have waited while nothing was settled, and none was in hand here; null: not known. */
  readonly stillMs: number | null;
  /** Partitions to which nobody can publish any more, and of which all is settled; -1: the topic itself. */
  readonly terminated: readonly number[];
  /** Why it cannot be seen, in words for an operator; null: it can, or not yet. */
  readonly unseen: string | null;
  /** Why nothing comes in; null while all is well. */
  readonly problem: string | null;
}

/** One topic that this process consumes. */
export interface FollowedTopic {
  /** Whether messages wait that no replica has been given for so long that something must be done. */
  stalled(): boolean;
}

/** Tells all replicas how far this process is with each topic. Advice for readers of figures: recording depends on nothing here. */
export abstract class ConsumerProgress {
  /** @param topic full name. @param report asked about once a second. */
  abstract follow(topic: string, report: () => TopicReport): FollowedTopic;
}
