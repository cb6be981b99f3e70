import { deriveMessageKey } from '../../events/domain/event-identity.js';
import type { EventType } from '../../events/domain/event-type.js';
import type { IncomingEvent } from '../../events/domain/incoming-event.js';
import type { Intake } from '../../events/domain/intake.js';

/** A fact of another region. */
export interface MergedFact {
  readonly event_key: string;
  readonly event_type: EventType;
  /** Epoch milliseconds. */
  readonly occurred_at: number;
  readonly received_at: number;
  readonly intake: Intake;
  readonly message_id: string | null;
  /** A signed 64-bit number; null: the person is erased. */
  readonly fingerprint: string | null;
  /** JSON. */
  readonly event: string;
}

/** For the command of every intake. Its id stands in the payload, and the key is a function of the id: nothing is minted. */
export const incomingFact = (fact: MergedFact): IncomingEvent => ({
  body: fact.event,
  intake: 'merge',
  eventType: fact.event_type,
  receivedAt: fact.received_at,
  fallbackTime: fact.occurred_at,
  attributes: {},
  mintKey: () => fact.event_key,
  messageId: fact.message_id,
  userAgent: null,
  recorded: { fingerprint: fact.fingerprint === null ? null : BigInt(fact.fingerprint) },
});

/** What the identities of a region's messages without an id are derived from, beside the message's own address. */
export interface DerivedBy {
  readonly cluster: string;
  /** Full names. */
  readonly topics: Readonly<Record<EventType, string>>;
}

/** Whether its identity is derived from where a message lay in the broker of that region. */
export function isDerived(fact: MergedFact, { cluster, topics }: DerivedBy): boolean {
  if (fact.intake !== 'pulsar' || fact.message_id === null) return false;
  const topic = topics[fact.event_type];
  return (
    deriveMessageKey({ cluster, topic, messageId: fact.message_id, publishedAt: fact.received_at }) === fact.event_key
  );
}
