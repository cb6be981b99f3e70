import type { TrackedEvent } from '../domain/tracked-event.js';
import type { Verdict } from '../domain/verdict.js';

/** The write side's only door to storage. */
export abstract class EventStore {
  /**
   * Stores the events exactly once and answers a verdict for each, in the order given, after COMMIT.
   * Appends made while a write is in flight share the next transaction. While PostgreSQL is away it keeps trying.
   * Rejects only when `deadline` (epoch ms) passes: `OutcomeUnknown`, or when the service drains.
   */
  abstract append(events: readonly TrackedEvent[], deadline?: number): Promise<Verdict[]>;
}
