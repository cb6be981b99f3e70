import type { Erasure } from '../../../events/domain/content/erasure-log.js';
import type { HeldConflict, HeldLetters, LetterPlace } from '../held-letters.js';

/** An erasure that is not done. */
export interface OpenErasure extends Erasure {
  /** Of the log when it was noted last. */
  readonly version: number;
  /** Null: it came from another region, which sends only the hash. */
  readonly userId: string | null;
  /** Events of earlier transactions were held when it was asked for; null: it came from another region. */
  readonly tx: string | null;
}

/** One whose events can be looked for. */
export type NamedErasure = OpenErasure & { readonly userId: string };

/** An event of a person, in the order of their walk. */
export interface FactPlace {
  /** RFC 3339. */
  readonly occurredAt: string;
  readonly eventKey: string;
}

/** What became of a portion. */
export interface ErasedFacts {
  /** When the last of them was received, epoch milliseconds; -Infinity: there was none. */
  readonly latest: number;
  /** Where to go on; null: there are no more. */
  readonly next: FactPlace | null;
}

/** The right to erase, of one process at a time. Its work is done in short transactions, so that it can end at any point. */
export abstract class ErasureClaim {
  /** Oldest changes first. */
  abstract open(): Promise<readonly OpenErasure[]>;

  /** Looks for the user ids of those that have none, among all events: whoever has no event here stays without. */
  abstract named(erasures: readonly OpenErasure[]): Promise<readonly NamedErasure[]>;

  /** A portion of the person's events. */
  abstract eraseFacts(erasure: NamedErasure, after: FactPlace | null): Promise<ErasedFacts>;

  /**
   * Events that were held say that they were received after the erasure, by a clock that is ahead: the log takes their word, so that
   * the same is erased in all regions. The work on the person begins again by it.
   */
  abstract raise(erasure: OpenErasure, latest: number): Promise<void>;

  /** @param userIds only letters that may hold one of these; null: all */
  abstract letters(after: LetterPlace | null, userIds: readonly string[] | null): Promise<HeldLetters>;

  /** Empties letters. @param letters ids of letters, whose each is, and which event it became */
  abstract eraseLetters(
    letters: readonly { readonly id: string; readonly person: string; readonly eventId: string | null }[],
  ): Promise<void>;

  /** Of letters that became events whose person is erased: their id becomes the event's key. */
  abstract forgetEventIds(letters: readonly { readonly id: string; readonly eventId: string }[]): Promise<void>;

  /** In the order of their keys. */
  abstract conflicts(after: HeldConflict | null): Promise<readonly HeldConflict[]>;

  abstract eraseConflicts(
    conflicts: readonly { readonly conflict: HeldConflict; readonly person: string }[],
  ): Promise<void>;

  /** Unless it was noted anew since. */
  abstract finish(erasure: OpenErasure): Promise<void>;

  abstract release(): Promise<void>;
}

export abstract class ErasureWork {
  /** Null: another process has it, or there is nothing to do. */
  abstract claim(): Promise<ErasureClaim | null>;
}
