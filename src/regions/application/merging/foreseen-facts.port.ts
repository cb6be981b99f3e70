import type { TrackedEvent } from '../../../events/domain/tracked-event.js';
import type { MergeOutcome } from '../../domain/merge-tally.js';

/** Says what would become of facts, and records none. */
export abstract class ForeseenFacts {
  /** In the order given. What only the stored facts could tell (fingerprints of different versions) counts as known. */
  abstract outcomes(events: readonly TrackedEvent[]): Promise<readonly MergeOutcome[]>;
}
