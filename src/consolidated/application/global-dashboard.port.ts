import type { DashboardEntry } from './answers/items.answer.js';
import type { Caller } from './caller.js';
import type { Sourced } from './sourced.js';

/** It is never told of a user. */
export abstract class GlobalDashboard {
  /** As `Users.of`. */
  abstract whole(caller: Caller, closed: AbortSignal): Promise<Sourced<DashboardEntry>>;
}
