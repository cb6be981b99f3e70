import type { MetricsEntry, Post } from './answers/items.answer.js';
import type { Caller } from './caller.js';
import type { Sourced } from './sourced.js';

export interface SourcedPosts extends Sourced<Post> {
  /** The sums that the service makes of its posts. Null: it makes none, or they lack a `totals` of the right shape. */
  readonly dashboard: readonly MetricsEntry[] | null;
}

export abstract class PostMetrics {
  /** Takes and throws the same as `Users.of`. @param userId the user whose posts are meant; null: all users */
  abstract of(userId: string | null, caller: Caller, closed: AbortSignal): Promise<SourcedPosts>;
}
