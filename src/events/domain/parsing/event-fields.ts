import { canonicalJson } from './canonical-json.js';
import type { CloudEvent } from './cloud-events.js';
import type { EventFieldName } from './event-schema.js';
import { excerptPath } from './excerpt.js';
import type { EventType } from '../incoming-event.js';
import { RejectedEvent } from '../rejection.js';

/** 64 kB of UTF-8 JSON. */
export const MAX_PROPERTIES_BYTES = 65_536;
const MAX_BYTES_PER_UNIT = 3;

export type FreeFields = Record<string, unknown>;

/**
 * A payload sorted into the fields of the contract and the rest. All fields are always there (undefined: absent), so that every
 * event has one shape and the compiled schema stays fast. `null` is absent; so is it among the free fields, but not deeper inside.
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
  /** What goes to `properties`. */
  free: FreeFields | null = null;
}

/**
 * `reaction`, `conversion_type`, `amount` and `currency` on another type than theirs are free fields. In a CloudEvent `event_id` is one too
 * (identity is source and id), and `timestamp` where the envelope has a `time`. The entries of a `properties` object join the free fields.
 *
 * @throws {RejectedEvent} schema, when a key stands both beside and inside `properties` with different values
 */
export function sortFields(
  payload: Readonly<FreeFields>,
  type: EventType,
  cloudEvent: CloudEvent | null,
): PayloadFields {
  const fields = new PayloadFields();
  let nested: FreeFields | null = null;
  for (const key in payload) {
    const value = payload[key];
    if (value === null) continue;
    if (key === 'properties' && typeof value === 'object' && !Array.isArray(value)) nested = value as FreeFields;
    else if (isFieldOf(key, type, cloudEvent)) fields[key] = value;
    else (fields.free ??= {})[key] = value;
  }
  if (nested) addAll(fields, nested);
  if (cloudEvent) addAll(fields, cloudEvent.properties);
  return fields;
}

function isFieldOf(key: string, type: EventType, cloudEvent: CloudEvent | null): key is EventFieldName {
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
    case 'event_type':
      return true;
    case 'event_id':
      return cloudEvent === null;
    case 'timestamp':
      return cloudEvent?.time == null;
    case 'reaction':
      return type === 'click';
    case 'conversion_type':
      return type === 'conversion';
    case 'amount':
    case 'currency':
      return type === 'sale';
    default:
      return false;
  }
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
 * @throws {RejectedEvent} too_large
 */
export function propertiesText(free: FreeFields | null): string | null {
  if (free === null) return null;
  const text = canonicalJson(free);
  if (text.length * MAX_BYTES_PER_UNIT > MAX_PROPERTIES_BYTES) {
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_PROPERTIES_BYTES) {
      throw new RejectedEvent(
        'too_large',
        `the fields kept in properties have ${bytes} bytes of JSON; at most ${MAX_PROPERTIES_BYTES} are accepted`,
        'properties',
      );
    }
  }
  return text;
}
