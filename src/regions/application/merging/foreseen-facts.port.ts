import type { TrackedEvent } from '../../../events/domain/tracked-event.js';
import type { MergeOutcome } from '../../domain/merge-tally.js';

/** Says what would become of facts, and records none. */
export abstract class ForeseenFacts {
  /**
   * Answers in the order given. If only the stored fact could tell the outcome (fingerprints of different versions), it
   * counts as known.
   */
  abstract outcomes(events: readonly TrackedEvent[]): Promise<readonly MergeOutcome[]>;
}
