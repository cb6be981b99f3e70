import type { User } from './answers/items.answer.js';
import type { Caller } from './caller.js';
import type { Sourced } from './sourced.js';

export abstract class Users {
  /**
   * Ends by the deadline, whatever the service does; what goes wrong is said in the outcome.
   *
   * @param userId null: all
   * @param closed aborts when nobody waits any longer; then it rejects with the signal's reason
   */
  abstract of(userId: string | null, caller: Caller, closed: AbortSignal): Promise<Sourced<User>>;
}
