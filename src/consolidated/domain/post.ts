import type { Identifier } from './identifier.js';

/** The fields of a post that the formulas use. A null is a field that the service does not send; it counts as 0. */
export interface Post {
  readonly postId: Identifier;
  readonly usernameTiktokAccount: string | null;
  readonly views: number | null;
  readonly likes: number | null;
  readonly engagement: number | null;
  readonly totalInteractions?: number | null;
  readonly datePosted: string | number | null;
}

export interface Account {
  readonly user_id: Identifier | null;
}

export interface User {
  readonly id: Identifier;
  readonly email: string | null;
}
