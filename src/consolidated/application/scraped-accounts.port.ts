import type { ScrapedAccount } from './answers/items.answer.js';
import type { Caller } from './caller.js';
import type { Sourced } from './sourced.js';

export abstract class ScrapedAccounts {
  /** As `Users.of`. @param userId whose; null: all */
  abstract of(userId: string | null, caller: Caller, closed: AbortSignal): Promise<Sourced<ScrapedAccount>>;
}
