import type { Erasure } from '../../events/domain/content/erasure-log.js';
import type { EventType } from '../../events/domain/event-type.js';

/** How far an erasure is, and how much of the person was erased here. */
export interface ErasureStanding {
  /** Epoch milliseconds. */
  readonly erasedAt: number;
  readonly open: boolean;
  readonly events: number;
  readonly deadLetters: number;
  readonly conflicts: number;
}

/** The log of erasures. Recording reads it through the port `Erasures` of `events`. */
export abstract class ErasureStore {
  /** The key that the log is made with; null: nobody was erased yet. */
  abstract keyFingerprint(): Promise<string | null>;
  /**
   * From here on nothing of the person is stored that was received before, by PostgreSQL's clock. What is held is still to
   * be erased.
   *
   * @param keyFingerprint of the key that `person` is made with
   * @throws {ErasureKeyUnfit} the log is made with another one
   */
  abstract note(person: Pick<Erasure, 'person' | 'idBytes'>, userId: string, keyFingerprint: string): Promise<void>;
  /** Takes over erasures of another region: nothing is kept of what was received before either time. @throws {ErasureKeyUnfit} */
  abstract take(erasures: readonly Erasure[], keyFingerprint: string): Promise<void>;
  /** Erasures in the order of the hashes, after a given one. */
  abstract page(after: string | null, limit: number): Promise<readonly Erasure[]>;
  /** Null: the person was never erased. */
  abstract standing(person: string): Promise<ErasureStanding | null>;
  /**
   * Another region holds events of these identities without their person, or will do so. If the person that such an event
   * has here was erased in any region, this region holds it without them, too, even if it was received here after the
   * erasure.
   */
  abstract eraseTwins(
    identities: readonly { readonly eventKey: string; readonly eventType: EventType }[],
  ): Promise<void>;
}
