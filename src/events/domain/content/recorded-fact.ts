import type { EventContent } from './event-content.js';
import { contentOf } from './event-content.js';
import { fingerprintOf } from './fingerprint.js';
import type { EventType } from '../incoming-event.js';
import { canonicalJson } from '../parsing/canonical-json.js';
import { type FreeFields, propertiesText, sortFields } from '../parsing/event-fields.js';
import { checkFields } from '../parsing/event-schema.js';
import { YOUNGER_FIELD_NAMES } from '../parsing/field-names.js';
import type { EventSynonyms } from '../parsing/event-synonyms.js';
import { RejectedEvent } from '../rejection.js';

/** The content of a stored event. `TrackedEvent` is one too. */
export interface RecordedFact extends EventContent {
  readonly eventType: EventType;
  readonly eventId: string;
  /** JSON text of one object; null without free fields. */
  readonly properties: string | null;
}

const YOUNGER: ReadonlySet<string> = new Set(YOUNGER_FIELD_NAMES);

/**
 * Whether two events of one identity say the same by today's rules, although they were recorded by others: by another
 * version, or before their names were synonyms. Both are made payloads again and sorted anew, because a stored event does
 * not tell what was sent inside `properties` and what beside it.
 */
export function saySame(stored: RecordedFact, sent: RecordedFact, synonyms: EventSynonyms | null): boolean {
  return fingerprintByTodaysRules(stored, synonyms) === fingerprintByTodaysRules(sent, synonyms);
}

const fingerprintByTodaysRules = (fact: RecordedFact, synonyms: EventSynonyms | null): bigint => {
  const { content, properties } = sortedByTodaysRules(fact, synonyms);
  return fingerprintOf(content, properties);
};

/** The content of a fact, in one form in all regions whatever their synonyms and the version that recorded it. */
export interface ComparedContent {
  readonly fingerprint: bigint;
  /** Canonical JSON of what the fingerprint covers. */
  readonly text: string;
}

export function comparedContent(fact: RecordedFact): ComparedContent {
  const { content, properties } = sortedByTodaysRules(fact, null);
  const text = canonicalJson({
    ...namedFields(content),
    properties: properties === null ? null : (JSON.parse(properties) as FreeFields),
  });
  return { fingerprint: fingerprintOf(content, properties), text };
}

interface SortedFact {
  readonly content: EventContent;
  /** Canonical JSON. */
  readonly properties: string | null;
}

function sortedByTodaysRules(fact: RecordedFact, synonyms: EventSynonyms | null): SortedFact {
  const names = new Set(synonyms?.ofType(fact.eventType).flatMap(({ names: other }) => other));
  // A value that today's rules would refuse stays in the properties: first the interactions, which have conditions, then the synonyms.
  const attempts: ((key: string) => boolean)[] = [
    (key) => YOUNGER.has(key) || names.has(key),
    (key) => (YOUNGER.has(key) || names.has(key)) && key !== 'interaction',
    (key) => YOUNGER.has(key) && key !== 'interaction',
  ];
  for (const isField of attempts) {
    try {
      const fields = sortFields(payloadOf(fact, isField), fact.eventType, null, synonyms);
      return { content: contentOf(checkFields(fields), fact.eventType), properties: propertiesText(fields.free) };
    } catch (error) {
      if (!(error instanceof RejectedEvent)) throw error;
    }
  }
  const { properties } = fact;
  return { content: fact, properties: properties === null ? null : canonicalJson(JSON.parse(properties)) };
}

/**
 * The event as somebody might have sent it. Times and user agent stay out: they are not compared, and nobody knows whether the sender
 * named them. The id stands in it so that another name of it stays the free field that it was.
 *
 * @param isField which of the properties stand beside the fields; the others are sent inside `properties`, where no name is a field
 */
function payloadOf(fact: RecordedFact, isField: (key: string) => boolean): FreeFields {
  const payload: FreeFields = { event_id: fact.eventId, ...namedFields(fact) };
  const nested: FreeFields = {};
  for (const [key, value] of Object.entries(
    fact.properties === null ? {} : (JSON.parse(fact.properties) as FreeFields),
  )) {
    if (isField(key) && (payload[key] ?? null) === null) payload[key] = value;
    else nested[key] = value;
  }
  payload.properties = nested;
  return payload;
}

const namedFields = (content: EventContent): FreeFields => ({
  user_id: content.userId,
  session_id: content.sessionId,
  page_url: content.pageUrl,
  x: content.x,
  y: content.y,
  viewport_width: content.viewportWidth,
  viewport_height: content.viewportHeight,
  scroll_y: content.scrollY,
  reaction: content.reaction,
  conversion_type: content.conversionType,
  amount: content.amount,
  currency: content.currency,
  interaction: content.interaction,
  view_id: content.viewId,
  scroll_depth: content.scrollDepth,
  document_width: content.documentWidth,
  document_height: content.documentHeight,
  target: content.target === null ? null : (JSON.parse(content.target) as unknown),
});

/** The same backwards. A column without a value is absent. */
export function contentNamed(named: Readonly<Record<string, unknown>>): EventContent {
  const of = <T>(name: string) => (named[name] ?? null) as T | null;
  const target = of<FreeFields>('target');
  return {
    userId: of('user_id'),
    sessionId: of('session_id'),
    pageUrl: of('page_url'),
    x: of('x'),
    y: of('y'),
    viewportWidth: of('viewport_width'),
    viewportHeight: of('viewport_height'),
    scrollY: of('scroll_y'),
    reaction: of('reaction'),
    conversionType: of('conversion_type'),
    amount: of('amount'),
    currency: of('currency'),
    interaction: of('interaction'),
    viewId: of('view_id'),
    scrollDepth: of('scroll_depth'),
    documentWidth: of('document_width'),
    documentHeight: of('document_height'),
    target: target && canonicalJson(target),
  };
}
