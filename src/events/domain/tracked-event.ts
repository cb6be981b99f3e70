import { firstCharacters } from './characters.js';
import { isNegative } from './parsing/amount.js';
import { type CloudEvent, readCloudEvent } from './parsing/cloud-events.js';
import { contentOf, type EventContent } from './content/event-content.js';
import { type PayloadFields, propertiesText, sortFields } from './parsing/event-fields.js';
import type { EventSynonyms } from './parsing/event-synonyms.js';
import { excerptPath } from './parsing/excerpt.js';
import { cloudEventKey, eventKeyOf, type EventIdentity } from './event-identity.js';
import { checkFields, type EventFields, wrongField } from './parsing/event-schema.js';
import type { EventFieldName } from './parsing/field-names.js';
import { fingerprintOf, sameVersion } from './content/fingerprint.js';
import { EVENT_TYPES, type EventType, type IncomingEvent, type Interaction, type Reaction } from './incoming-event.js';
import type { Intake } from './intake.js';
import { pageKeyOf } from './page-key.js';
import { RejectedEvent } from './rejection.js';
import { isStorableText } from './parsing/storable-text.js';
import { parseStrictJson } from './parsing/strict-json.js';
import { checkAge, parseSentTime } from './timestamps.js';

const MAX_USER_AGENT = 1024;

export interface RecordingRules {
  /** Days that a live event may lie before it was received. */
  readonly maxEventAgeDays: number;
  /** Other names of fields; absent when there are none. */
  readonly synonyms?: EventSynonyms | null;
}

/** An event that is fit to be stored. It can only be made by `record`, so every one is valid. */
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
  readonly reaction: Reaction | null;
  readonly conversionType: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly interaction: Interaction | null;
  readonly viewId: string | null;
  readonly scrollDepth: number | null;
  readonly documentWidth: number | null;
  readonly documentHeight: number | null;
  readonly target: string | null;
  /** Signed 64-bit hash of `pageUrl`. */
  readonly pageKey: bigint | null;
  /** Null: the person is erased. */
  readonly fingerprint: bigint | null;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly intake: Intake;
  readonly messageId: string | null;
  readonly deadLetterId: string | null;

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
    /** The name that `event_id` was sent under. */
    readonly idField = 'event_id',
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
    this.interaction = content.interaction;
    this.viewId = content.viewId;
    this.scrollDepth = content.scrollDepth;
    this.documentWidth = content.documentWidth;
    this.documentHeight = content.documentHeight;
    this.target = content.target;
    this.pageKey = content.pageUrl === null ? null : pageKeyOf(content.pageUrl);
    this.fingerprint = fingerprintInForce(incoming, fingerprintOf(content, properties));
    this.receivedAt = incoming.receivedAt;
    this.intake = incoming.intake;
    this.messageId = incoming.messageId;
    this.deadLetterId = incoming.deadLetterId ?? null;
  }

  /**
   * Validates, normalises and identifies an event. The checks run in the order of REJECTION_REASONS, so one input always
   * gets one reason. There are two exceptions: the size of the properties is known once the payload is read, and the type of
   * an event that names it itself is checked before its other fields. Nothing is repaired. What is stored is what was sent,
   * except for floored pixels, times in milliseconds, the canonical form of amounts, and nulls, which count as absent.
   *
   * @throws {RejectedEvent} with every reason but `too_old`, `id_conflict` and `unstorable`, which storage finds
   */
  static record(incoming: IncomingEvent, rules: RecordingRules): TrackedEvent {
    if (incoming.unreadable) throw new RejectedEvent(incoming.unreadable.reason, incoming.unreadable.detail);
    const payload = incoming.recorded?.payload() ?? parseStrictJson(incoming.body);
    const cloudEvent = readCloudEvent(payload, incoming.attributes);
    const source = cloudEvent?.data ?? payload;
    const eventType = incoming.eventType ?? namedType(source, cloudEvent);
    const synonyms = rules.synonyms ?? null;
    const sorted = sortFields(source, eventType, cloudEvent, synonyms);
    try {
      return TrackedEvent.examined(sorted, eventType, cloudEvent, incoming, rules);
    } catch (error) {
      if (synonyms === null || !(error instanceof RejectedEvent)) throw error;
      throw namedAsSent(error, sorted, synonyms.namesOf(eventType, error.field ?? ''));
    }
  }

  /** The same event without its person, who was erased. What names them, or is theirs alone, is left out; what is counted stays. */
  erased(): TrackedEvent {
    const event = Object.create(TrackedEvent.prototype) as TrackedEvent;
    return Object.assign(event, this, { ...NOTHING_PERSONAL, eventId: this.eventKey });
  }

  private static examined(
    sorted: PayloadFields,
    eventType: EventType,
    cloudEvent: CloudEvent | null,
    incoming: IncomingEvent,
    rules: RecordingRules,
  ): TrackedEvent {
    const properties = propertiesText(sorted.free);
    const fields = checkFields(sorted);
    const content = contentOf(fields, eventType, incoming.recorded?.fingerprint === null);
    const sentTime = cloudEvent?.time ?? fields.timestamp;
    const timeField = sentTime === undefined ? null : cloudEvent?.time ? 'time' : 'timestamp';
    const occurredAt =
      sentTime === undefined ? Math.floor(incoming.fallbackTime) : parseSentTime(sentTime, timeField ?? '');

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
    const number = typeof sentTime === 'string' ? null : (sentTime ?? incoming.fallbackTime);
    checkAge(occurredAt, incoming, rules.maxEventAgeDays, timeField, number);

    const identity = identify(fields, cloudEvent, incoming);
    const userAgent = fields.user_agent ?? headerUserAgent(incoming.userAgent);
    return new TrackedEvent(
      incoming,
      identity,
      eventType,
      content,
      occurredAt,
      userAgent,
      properties,
      sorted.sentAs?.event_id,
    );
  }
}

/** The columns that name a person (people/infrastructure/postgres/facts.sql.ts empties the same). */
const NOTHING_PERSONAL = {
  userId: null,
  sessionId: null,
  pageUrl: null,
  pageKey: null,
  userAgent: null,
  viewId: null,
  target: null,
  properties: null,
  fingerprint: null,
} as const satisfies Partial<TrackedEvent>;

/** Names both a field and the other name that it came under, or could have come under. */
function namedAsSent(error: RejectedEvent, sorted: PayloadFields, names: readonly string[]): RejectedEvent {
  const { reason, detail, field } = error;
  const name = field === null ? undefined : sorted.sentAs?.[field as EventFieldName];
  if (name !== undefined) {
    return new RejectedEvent(reason, `${excerptPath(name)}, another name of ${field}: ${detail}`, excerptPath(name));
  }
  if (names.length === 0 || sorted[field as EventFieldName] !== undefined) return error;
  return new RejectedEvent(reason, `${detail} (${field} may also be sent as ${excerptPath(names.join(', '))})`, field);
}

/** The item's own type, else that of the envelope. A text that is none of the three decides nothing. */
function namedType(source: Readonly<Record<string, unknown>>, cloudEvent: CloudEvent | null): EventType {
  const named = [source.event_type, cloudEvent?.type];
  const type = named.map((name) => EVENT_TYPES.find((candidate) => candidate === name)).find(Boolean);
  if (type === undefined) throw wrongField('event_type', source.event_type ?? cloudEvent?.type);
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

/**
 * An event that another region recorded by other rules keeps its fingerprint, as it would have here. Whoever compares it
 * looks at the facts.
 */
function fingerprintInForce({ recorded }: IncomingEvent, computed: bigint): bigint | null {
  if (recorded === undefined) return computed;
  return recorded.fingerprint === null || !sameVersion(recorded.fingerprint, computed)
    ? recorded.fingerprint
    : computed;
}

/** A header is transport, not the sender's statement: it is cut to fit, and left out where PostgreSQL could not store it. */
function headerUserAgent(header: string | null): string | null {
  if (header === null || header === '') return null;
  const cut = firstCharacters(header, MAX_USER_AGENT);
  return isStorableText(cut) ? cut : null;
}
