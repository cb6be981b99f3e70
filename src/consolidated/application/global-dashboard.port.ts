import type { DashboardEntry } from './answers/items.answer.js';
import type { Caller } from './caller.js';
import type { Sourced } from './sourced.js';

/** This service is never told of a user. */
export abstract class GlobalDashboard {
  /** Takes and throws the same as `Users.of`. */
  abstract whole(caller: Caller, closed: AbortSignal): Promise<Sourced<DashboardEntry>>;
}
