import { canonicalJson } from './canonical-json.js';
import type { CloudEvent } from './cloud-events.js';
import { youngerValue } from './event-schema.js';
import type { EventSynonyms } from './event-synonyms.js';
import { excerptPath } from './excerpt.js';
import type { EventFieldName } from './field-names.js';
import { gainWrittenOut } from './written-out.js';
import { EVENT_TYPES, type EventType } from '../incoming-event.js';
import { RejectedEvent } from '../rejection.js';

/** 64 kB of UTF-8 JSON. */
export const MAX_PROPERTIES_BYTES = 65_536;
const MAX_BYTES_PER_UNIT = 3;

export type FreeFields = Record<string, unknown>;
export type SentNames = Partial<Record<EventFieldName, string>>;

/**
 * A payload sorted into the fields of the contract and the rest. All fields are always there (undefined: absent), so that every
 * event has one shape and the compiled schema stays fast. `null` is absent, at any depth (canonical-json.ts).
 */
export class PayloadFields implements Record<EventFieldName, unknown> {
  event_type: unknown = undefined;
  event_id: unknown = undefined;
  user_id: unknown = undefined;
  session_id: unknown = undefined;
  url: unknown = undefined;
  page_url: unknown = undefined;
  timestamp: unknown = undefined;
  x: unknown = undefined;
  y: unknown = undefined;
  viewport_width: unknown = undefined;
  viewport_height: unknown = undefined;
  scroll_y: unknown = undefined;
  user_agent: unknown = undefined;
  reaction: unknown = undefined;
  conversion_type: unknown = undefined;
  amount: unknown = undefined;
  currency: unknown = undefined;
  interaction: unknown = undefined;
  view_id: unknown = undefined;
  scroll_depth: unknown = undefined;
  document_width: unknown = undefined;
  document_height: unknown = undefined;
  target: unknown = undefined;
  /** The names under which fields came that have another one (EVENT_SYNONYMS). Null when all came under their own. */
  sentAs: SentNames | null = null;
  /** The fields that go to `properties`. */
  free: FreeFields | null = null;
}

/**
 * Which field a key of a payload is, or none. `reaction`, `conversion_type`, `amount` and `currency` on another type than theirs are free
 * fields; so are the younger fields on anything but a click, or with a value of another type, and an `event_type` that is none of the
 * three. In a CloudEvent `event_id` is free (identity is source and id), and `timestamp` where the envelope has a `time`.
 * The entries of a `properties` object join the free fields.
 *
 * @param synonyms other names for fields; null when there are none
 * @throws {RejectedEvent} schema, when a key stands both beside and inside `properties` with different values
 */
export function sortFields(
  payload: Readonly<FreeFields>,
  type: EventType,
  cloudEvent: CloudEvent | null,
  synonyms: EventSynonyms | null = null,
): PayloadFields {
  const fields = new PayloadFields();
  let nested: FreeFields | null = null;
  for (const key in payload) {
    const value = payload[key];
    if (value === null) continue;
    if (key === 'properties' && typeof value === 'object' && !Array.isArray(value)) nested = value as FreeFields;
    else if (!setField(fields, key, value, type, cloudEvent)) (fields.free ??= {})[key] = value;
  }
  if (synonyms !== null && fields.free !== null) takeSynonyms(fields, fields.free, type, cloudEvent, synonyms);
  if (nested) addAll(fields, nested);
  if (cloudEvent) addAll(fields, cloudEvent.properties);
  return fields;
}

/** @returns whether `key` is a field of such an event, and the value one that it can be checked as. */
function setField(
  fields: PayloadFields,
  key: string,
  value: unknown,
  type: EventType,
  cloudEvent: CloudEvent | null,
): key is EventFieldName {
  switch (key) {
    case 'user_id':
    case 'session_id':
    case 'url':
    case 'page_url':
    case 'x':
    case 'y':
    case 'viewport_width':
    case 'viewport_height':
    case 'scroll_y':
    case 'user_agent':
      break;
    case 'event_type':
      if (!(EVENT_TYPES as readonly unknown[]).includes(value)) return false;
      break;
    case 'event_id':
      if (cloudEvent !== null) return false;
      break;
    case 'timestamp':
      if (cloudEvent?.time != null) return false;
      break;
    case 'reaction':
      if (type !== 'click') return false;
      break;
    case 'conversion_type':
      if (type !== 'conversion') return false;
      break;
    case 'amount':
    case 'currency':
      if (type !== 'sale') return false;
      break;
    case 'interaction':
    case 'view_id':
    case 'scroll_depth':
    case 'document_width':
    case 'document_height':
    case 'target': {
      const younger = type === 'click' ? youngerValue(key, value) : undefined;
      if (younger === undefined) return false;
      fields[key] = younger;
      return true;
    }
    default:
      return false;
  }
  fields[key] = value;
  return true;
}

/** A field that did not come under its own name is looked for under the others, in their order; what is not used stays where it is. */
function takeSynonyms(
  fields: PayloadFields,
  free: FreeFields,
  type: EventType,
  cloudEvent: CloudEvent | null,
  synonyms: EventSynonyms,
): void {
  for (const { field, names } of synonyms.ofType(type)) {
    if (fields[field] !== undefined || (field === 'page_url' && fields.url !== undefined)) continue;
    const name = names.find(
      (candidate) => Object.hasOwn(free, candidate) && setField(fields, field, free[candidate], type, cloudEvent),
    );
    if (name === undefined) continue;
    delete free[name];
    (fields.sentAs ??= {})[field] = name;
  }
  if (Object.keys(free).length === 0) fields.free = null;
}

function addAll(fields: PayloadFields, entries: Readonly<FreeFields>): void {
  for (const key in entries) {
    const value = entries[key];
    if (value === null || value === undefined) continue;
    const free = (fields.free ??= {});
    if (Object.hasOwn(free, key) && canonicalJson(free[key]) !== canonicalJson(value)) {
      const path = excerptPath(`properties.${key}`);
      throw new RejectedEvent('schema', `${path} is given twice with different values: send it once`, path);
    }
    free[key] = value;
  }
}

/**
 * The text that is stored, or null without free fields.
 *
 * @throws {RejectedEvent} too_large; number_range where it is PostgreSQL's way to write numbers that makes it too large
 */
export function propertiesText(free: FreeFields | null): string | null {
  if (free === null) return null;
  const text = canonicalJson(free);
  const most = text.length * MAX_BYTES_PER_UNIT;
  const bytes = most <= MAX_PROPERTIES_BYTES ? most : Buffer.byteLength(text);
  if (bytes > MAX_PROPERTIES_BYTES) {
    throw new RejectedEvent(
      'too_large',
      `the fields kept in properties have ${bytes} bytes of JSON; at most ${MAX_PROPERTIES_BYTES} are accepted`,
      'properties',
    );
  }
  const gained = gainWrittenOut(text, MAX_PROPERTIES_BYTES - bytes);
  if (gained > 0 && Buffer.byteLength(text) + gained > MAX_PROPERTIES_BYTES) {
    throw new RejectedEvent(
      'number_range',
      `the numbers kept in properties make them ${Buffer.byteLength(text) + gained} bytes of JSON once they are written without exponents, as PostgreSQL does; at most ${MAX_PROPERTIES_BYTES} are accepted: send such numbers as strings`,
      'properties',
    );
  }
  return text;
}
