import type { User } from './answers/items.answer.js';
import type { Caller } from './caller.js';
import type { Sourced } from './sourced.js';

export abstract class Users {
  /**
   * Asks for users. It ends by the deadline, whatever the service does. The outcome says what failed.
   *
   * @param userId null: all users
   * @param closed aborts when nobody waits any longer; then it rejects with the signal's reason
   */
  abstract of(userId: string | null, caller: Caller, closed: AbortSignal): Promise<Sourced<User>>;
}
