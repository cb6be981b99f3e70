import type { MetricsEntry, Post } from './answers/items.answer.js';
import type { Caller } from './caller.js';
import type { Sourced } from './sourced.js';

export interface SourcedPosts extends Sourced<Post> {
  /** How the service sums its posts up itself; null where it does not, or without `totals` of the right shape. */
  readonly dashboard: readonly MetricsEntry[] | null;
}

export abstract class PostMetrics {
  /** As `Users.of`. @param userId whose posts; null: all */
  abstract of(userId: string | null, caller: Caller, closed: AbortSignal): Promise<SourcedPosts>;
}
