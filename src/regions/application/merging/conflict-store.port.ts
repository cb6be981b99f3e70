import type { EventType } from '../../../events/domain/event-type.js';
import type { RecordedFact } from '../../../events/domain/content/recorded-fact.js';

/** One of the contents that an identity has. */
export interface ConflictingContent {
  readonly eventKey: string;
  readonly eventType: EventType;
  readonly eventId: string;
  /** The fingerprint by today's version. */
  readonly fingerprint: bigint;
  /** Canonical JSON. */
  readonly content: string;
}

export interface Identity {
  readonly eventKey: string;
  readonly eventType: EventType;
}

/** Contents that contradict each other. Each identity has a set of them, so it does not matter which region learns of them first. */
export abstract class ConflictStore {
  /** The contents that this region recorded under these identities, in any order. Facts that are no longer kept are missing. */
  abstract recorded(identities: readonly Identity[]): Promise<readonly (RecordedFact & Identity)[]>;
  /** Adds contents. Those that are there stay. */
  abstract add(contents: readonly ConflictingContent[]): Promise<void>;
}
