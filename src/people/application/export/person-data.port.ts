import type { HeldConflict, HeldLetters, LetterPlace } from '../held-letters.js';

/** Reads what is held on a person beside their events. */
export abstract class PersonData {
  /** Dead letters that may be theirs, in the order of arrival. @param signal cancels the search */
  abstract letters(userId: string, after: LetterPlace | null, signal?: AbortSignal): Promise<HeldLetters>;

  /** Contents of conflicts between regions that name the person. */
  abstract conflicts(userId: string, signal?: AbortSignal): Promise<readonly HeldConflict[]>;
}
