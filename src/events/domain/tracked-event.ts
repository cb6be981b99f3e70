import { firstCharacters } from './characters.js';
import { isNegative } from './parsing/amount.js';
import { type CloudEvent, readCloudEvent } from './parsing/cloud-events.js';
import { contentOf, type EventContent } from './event-content.js';
import { propertiesText, sortFields } from './parsing/event-fields.js';
import { cloudEventKey, eventKeyOf, type EventIdentity } from './event-identity.js';
import { checkFields, type EventFields, wrongField } from './parsing/event-schema.js';
import { fingerprintOf } from './fingerprint.js';
import { EVENT_TYPES, type EventType, type IncomingEvent } from './incoming-event.js';
import type { Intake } from './intake.js';
import { pageKeyOf } from './page-key.js';
import { RejectedEvent } from './rejection.js';
import { isStorableText } from './parsing/storable-text.js';
import { parseStrictJson } from './parsing/strict-json.js';
import { checkAge, parseInstant } from './timestamps.js';

const MAX_USER_AGENT = 1024;

export interface RecordingRules {
  /** Days that a live event may lie before it was received. */
  readonly maxEventAgeDays: number;
}

/** An event that is fit to be stored. The only way to one is `record`, so whatever holds one holds a valid one. */
export class TrackedEvent implements EventContent, EventIdentity {
  readonly eventKey: string;
  readonly eventId: string;
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly pageUrl: string | null;
  readonly x: number | null;
  readonly y: number | null;
  readonly viewportWidth: number | null;
  readonly viewportHeight: number | null;
  readonly scrollY: number | null;
  readonly reaction: 'cheers' | 'hate' | null;
  readonly conversionType: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  /** Signed 64-bit hash of `pageUrl`. */
  readonly pageKey: bigint | null;
  readonly fingerprint: bigint;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly intake: Intake;
  readonly messageId: string | null;

  private constructor(
    incoming: IncomingEvent,
    identity: EventIdentity,
    readonly eventType: EventType,
    content: EventContent,
    /** Epoch milliseconds. */
    readonly occurredAt: number,
    readonly userAgent: string | null,
    /** JSON text of one object with sorted keys, at most 64 kB; null without free fields. */
    readonly properties: string | null,
  ) {
    this.eventKey = identity.eventKey;
    this.eventId = identity.eventId;
    this.userId = content.userId;
    this.sessionId = content.sessionId;
    this.pageUrl = content.pageUrl;
    this.x = content.x;
    this.y = content.y;
    this.viewportWidth = content.viewportWidth;
    this.viewportHeight = content.viewportHeight;
    this.scrollY = content.scrollY;
    this.reaction = content.reaction;
    this.conversionType = content.conversionType;
    this.amount = content.amount;
    this.currency = content.currency;
    this.pageKey = content.pageUrl === null ? null : pageKeyOf(content.pageUrl);
    this.fingerprint = fingerprintOf(content, properties);
    this.receivedAt = incoming.receivedAt;
    this.intake = incoming.intake;
    this.messageId = incoming.messageId;
  }

  /**
   * Validates, normalises and identifies. The checks run in the order of REJECTION_REASONS (the size of the properties is known once
   * the payload is read), so one input always gets one reason; the type of an event that names it itself is checked before its other fields.
   * Nothing is repaired: what is stored is what was sent, except for what CONTRACT §1 says (floored pixels, milliseconds, the canonical amount).
   *
   * @throws {RejectedEvent} with every reason but `too_old`, `id_conflict` and `unstorable`, which storage finds
   */
  static record(incoming: IncomingEvent, rules: RecordingRules): TrackedEvent {
    const payload = parseStrictJson(incoming.body);
    const cloudEvent = readCloudEvent(payload, incoming.attributes);
    const source = cloudEvent?.data ?? payload;
    const eventType = incoming.eventType ?? namedType(source, cloudEvent);
    const sorted = sortFields(source, eventType, cloudEvent);
    const properties = propertiesText(sorted.free);

    const fields = checkFields(sorted);
    const content = contentOf(fields, eventType);
    const sentTime = cloudEvent?.time ?? fields.timestamp;
    const timeField = sentTime === undefined ? null : cloudEvent?.time ? 'time' : 'timestamp';
    const occurredAt =
      sentTime === undefined ? Math.floor(incoming.fallbackTime) : parseInstant(sentTime, timeField ?? '');

    if (fields.event_type !== undefined && fields.event_type !== eventType) {
      throw new RejectedEvent(
        'type_mismatch',
        `event_type is ${fields.event_type}, but it was sent where every event is a ${eventType}`,
        'event_type',
      );
    }
    if (content.amount !== null && isNegative(content.amount)) {
      throw new RejectedEvent('negative_amount', `amount must be at least 0; got ${content.amount}`, 'amount');
    }
    checkAge(occurredAt, incoming, rules.maxEventAgeDays, timeField);

    const identity = identify(fields, cloudEvent, incoming);
    const userAgent = fields.user_agent ?? headerUserAgent(incoming.userAgent);
    return new TrackedEvent(incoming, identity, eventType, content, occurredAt, userAgent, properties);
  }
}

function namedType(source: Readonly<Record<string, unknown>>, cloudEvent: CloudEvent | null): EventType {
  const named = source.event_type ?? cloudEvent?.type;
  const type = EVENT_TYPES.find((candidate) => candidate === named);
  if (type === undefined) throw wrongField('event_type', named);
  return type;
}

function identify(fields: EventFields, cloudEvent: CloudEvent | null, incoming: IncomingEvent): EventIdentity {
  if (cloudEvent !== null) {
    const key = cloudEventKey(cloudEvent.source, cloudEvent.id);
    return { eventKey: key, eventId: key };
  }
  const eventId = fields.event_id ?? incoming.mintKey();
  return { eventKey: eventKeyOf(eventId), eventId };
}

/** A header is transport, not the sender's statement: it is cut to fit, and left out where PostgreSQL could not store it. */
function headerUserAgent(header: string | null): string | null {
  if (header === null || header === '') return null;
  const cut = firstCharacters(header, MAX_USER_AGENT);
  return isStorableText(cut) ? cut : null;
}
