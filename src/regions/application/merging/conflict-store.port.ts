import type { EventType } from '../../../events/domain/event-type.js';
import type { RecordedFact } from '../../../events/domain/content/recorded-fact.js';

/** One of the contents that an identity has. */
export interface ConflictingContent {
  readonly eventKey: string;
  readonly eventType: EventType;
  readonly eventId: string;
  /** By today's version. */
  readonly fingerprint: bigint;
  /** Canonical JSON. */
  readonly content: string;
}

export interface Identity {
  readonly eventKey: string;
  readonly eventType: EventType;
}

/** Contents that contradict each other: per identity a set, so that it does not matter which region learns of them first. */
export abstract class ConflictStore {
  /** What this region recorded under these identities, in no order; what is gone is missing. */
  abstract recorded(identities: readonly Identity[]): Promise<readonly (RecordedFact & Identity)[]>;
  /** Those that are there stay. */
  abstract add(contents: readonly ConflictingContent[]): Promise<void>;
}
