import type { ScrapedAccount } from './answers/items.answer.js';
import type { Caller } from './caller.js';
import type { Sourced } from './sourced.js';

export abstract class ScrapedAccounts {
  /** Takes and throws the same as `Users.of`. @param userId the user whose accounts are meant; null: all users */
  abstract of(userId: string | null, caller: Caller, closed: AbortSignal): Promise<Sourced<ScrapedAccount>>;
}
