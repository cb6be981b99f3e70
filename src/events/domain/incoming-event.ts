export const EVENT_TYPES = ['click', 'conversion', 'sale'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** A vote of the live clicker. */
export const REACTIONS = ['cheers', 'hate'] as const;
export type Reaction = (typeof REACTIONS)[number];
/** A page view, or how far it was read. */
export const INTERACTIONS = ['view', 'scroll'] as const;
export type Interaction = (typeof INTERACTIONS)[number];

/** The way an event came in. `pulsar` and `http` are live; `merge` and `import` bring older data and have no age bound. */
export type Intake = 'pulsar' | 'http' | 'merge' | 'import';

/** What every intake hands to `RecordEventCommand`: the bytes as they came, and what the transport knows beside them. */
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
}
