import type { Erasure } from '../../events/domain/content/erasure-log.js';
import type { EventType } from '../../events/domain/event-type.js';

/** How far an erasure is, and what was erased of the person here, in all. */
export interface ErasureStanding {
  /** Epoch milliseconds. */
  readonly erasedAt: number;
  readonly open: boolean;
  readonly events: number;
  readonly deadLetters: number;
  readonly conflicts: number;
}

/** The log of erasures (port `Erasures` of `events` reads it). */
export abstract class ErasureStore {
  /** Which key the log is made with; null: nobody was erased yet. */
  abstract keyFingerprint(): Promise<string | null>;
  /**
   * From here on nothing of the person is stored that was received before, by PostgreSQL's clock; what is held is left to be done.
   *
   * @param keyFingerprint of the key that `person` is made with. @throws {ErasureKeyUnfit} the log is made with another one
   */
  abstract note(person: Pick<Erasure, 'person' | 'idBytes'>, userId: string, keyFingerprint: string): Promise<void>;
  /** Those of another region: of what was received before either, nothing is kept. @throws {ErasureKeyUnfit} */
  abstract take(erasures: readonly Erasure[], keyFingerprint: string): Promise<void>;
  /** In the order of the hashes, after one of them. */
  abstract page(after: string | null, limit: number): Promise<readonly Erasure[]>;
  /** Null: the person was never erased. */
  abstract standing(person: string): Promise<ErasureStanding | null>;
  /**
   * Events of these identities are held without their person in another region, or will be: where whoever they are of here was erased
   * in any region, they are held so here as well, also where they were received here after the erasure.
   */
  abstract eraseTwins(
    identities: readonly { readonly eventKey: string; readonly eventType: EventType }[],
  ): Promise<void>;
}
