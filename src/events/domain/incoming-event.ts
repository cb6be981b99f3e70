import type { EventType } from './event-type.js';
import type { Intake } from './intake.js';
import type { RejectionReason } from './rejection.js';

// Where nearly everybody looks for them; answers take them from the file that needs no Buffer.
export { EVENT_TYPES, type EventType, type Interaction, INTERACTIONS, type Reaction, REACTIONS } from './event-type.js';

/** An event that another region recorded. */
export interface RecordedElsewhere {
  /** The fingerprint as it was recorded there. Null: the person was erased since, so fields that named them are not required. */
  readonly fingerprint: bigint | null;
  /**
   * The payload, put together from the fact in place of a body, with all free fields inside `properties`. @throws
   * {RejectedEvent}
   */
  readonly payload: () => Readonly<Record<string, unknown>>;
}

/** Every intake hands this to `RecordEventCommand`: the bytes as they came, and what the transport knows beside them. */
export interface IncomingEvent {
  /** One JSON object, encoded as UTF-8; over HTTP the item's own text. */
  readonly body: Buffer | string;
  readonly intake: Intake;
  /** Decided by the topic or the route; null: the body must name it. */
  readonly eventType: EventType | null;
  /** Epoch milliseconds: publish time (Pulsar) or arrival (HTTP). The age bound is measured from here. */
  readonly receivedAt: number;
  /** Epoch milliseconds, used when the body has no time: message event time, else publish time; over HTTP the arrival. */
  readonly fallbackTime: number;
  /** Message properties or HTTP headers that may carry CloudEvents attributes (`ce_id`, `ce-id`, `cloudEvents_id`). */
  readonly attributes: Readonly<Record<string, string>>;
  /** Identity of an event that brings none: derived from the message's address, or a fresh UUIDv7 over HTTP. */
  readonly mintKey: () => string;
  /** `ledger:entry:partition:batchIndex` of the message; null over HTTP. */
  readonly messageId: string | null;
  readonly userAgent: string | null;
  /** The dead letter that a replay comes from. A letter becomes one event, whatever identities its corrections carry. */
  readonly deadLetterId?: string;
  /** Set on a fact of another region, which has no body. */
  readonly recorded?: RecordedElsewhere;
  /** Why the body is no event that could be read: it is cipher text, or what a transport hands over instead of the value. */
  readonly unreadable?: { readonly reason: RejectionReason; readonly detail: string } | null;
}
