import type { TrackedEvent } from '../domain/tracked-event.js';
import type { Verdict } from '../domain/verdict.js';

/** The write side's only door to storage. */
export abstract class EventStore {
  /**
   * Stores the events exactly once and answers a verdict for each, in the order given, after COMMIT.
   * Appends made while a write is in flight share the next transaction. While PostgreSQL is away it keeps trying.
   *
   * @param waitMs how long the caller can wait; none: for ever.
   * @throws OutcomeUnknown when the wait is over, or the service stops.
   * @throws Overloaded when more waits than is recorded in a moment, and the caller cannot wait for ever: nothing was begun.
   */
  abstract append(events: readonly TrackedEvent[], waitMs?: number): Promise<Verdict[]>;

  /** Whether an append of one event would be turned away as `Overloaded` now. */
  abstract isFull(): boolean;
}

/** The message of an `Overloaded` of an append. */
export const FULL = 'More events wait to be recorded than can be in a moment: nothing was begun, send them again.';

/** The events may be recorded or not; a resend with the same ids is safe. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';

  constructor(
    reason: string,
    /** Places of the command whose events wait, with the ids that a resend must carry. */
    readonly events: readonly { readonly index: number; readonly eventId: string }[] = [],
    /**
     * Tells what became of each event in the end, in the order given; null for an event where nobody will know. It never
     * rejects. If `late` itself is null, nothing of the append is recorded, nor will be.
     */
    readonly outcome: Promise<readonly (Verdict | null)[]> | null = null,
  ) {
    super(reason);
  }
}
