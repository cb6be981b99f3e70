import type { Erasure } from '../../../events/domain/content/erasure-log.js';
import type { HeldConflict, HeldLetters, LetterPlace } from '../held-letters.js';

/** An erasure that is not done. */
export interface OpenErasure extends Erasure {
  /** The version of the log when the erasure was noted last. */
  readonly version: number;
  /** Null: it came from another region, which sends only the hash. */
  readonly userId: string | null;
  /** Events of earlier transactions were held when the erasure was asked for. Null: it came from another region. */
  readonly tx: string | null;
}

/** An erasure whose events can be looked for. */
export type NamedErasure = OpenErasure & { readonly userId: string };

/** The place of an event among those of its person. */
export interface FactPlace {
  /** RFC 3339. */
  readonly occurredAt: string;
  readonly eventKey: string;
}

/** The outcome of a portion. */
export interface ErasedFacts {
  /** When the newest of them was received, epoch milliseconds; -Infinity: there was none. */
  readonly latest: number;
  /** Where to go on; null: there are no more. */
  readonly next: FactPlace | null;
}

/** The right to erase, which one process has at a time. The work is done in short transactions, so that it can end at any point. */
export abstract class ErasureClaim {
  /** Those that changed first come first. */
  abstract open(): Promise<readonly OpenErasure[]>;

  /** Looks among all events for the user ids that are not known. A person who has no event here stays without one. */
  abstract named(erasures: readonly OpenErasure[]): Promise<readonly NamedErasure[]>;

  /** Erases a portion of the person's events. */
  abstract eraseFacts(erasure: NamedErasure, after: FactPlace | null): Promise<ErasedFacts>;

  /**
   * Some events that were held say that they were received after the erasure, by a clock that is ahead. The log takes their
   * time, so that all regions erase the same. The work on the person then begins again.
   */
  abstract raise(erasure: OpenErasure, latest: number): Promise<void>;

  /** @param userIds only letters that may hold one of these; null: all letters */
  abstract letters(after: LetterPlace | null, userIds: readonly string[] | null): Promise<HeldLetters>;

  /**
   * Empties letters.
   * @param letters their ids, with the person of each and the event that it became
   */
  abstract eraseLetters(
    letters: readonly { readonly id: string; readonly person: string; readonly eventId: string | null }[],
  ): Promise<void>;

  /** For letters that became events whose person is erased, the id becomes the key of the event. */
  abstract forgetEventIds(letters: readonly { readonly id: string; readonly eventId: string }[]): Promise<void>;

  /** Conflicts, in the order of their keys. */
  abstract conflicts(after: HeldConflict | null): Promise<readonly HeldConflict[]>;

  abstract eraseConflicts(
    conflicts: readonly { readonly conflict: HeldConflict; readonly person: string }[],
  ): Promise<void>;

  /** Marks it done, unless it was noted anew since. */
  abstract finish(erasure: OpenErasure): Promise<void>;

  abstract release(): Promise<void>;
}

export abstract class ErasureWork {
  /** Null: another process has it, or there is nothing to do. */
  abstract claim(): Promise<ErasureClaim | null>;
}
