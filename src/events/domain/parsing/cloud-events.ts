import { excerpt } from './excerpt.js';
import { RejectedEvent } from '../rejection.js';
import { rejectUnstorableText } from './storable-text.js';
import { parseStrictJson } from './strict-json.js';

/** Prefixes of binary mode seen on Pulsar messages, in the order of precedence; compared without case. */
const PREFIXES = ['ce_', 'ce-', 'cloudevents_', 'cloudevents:'];
const SPECVERSION = '1.0';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** An event wrapped as CloudEvents 1.0, in either mode. */
export interface CloudEvent {
  readonly source: string;
  readonly id: string;
  readonly type: string | null;
  /** RFC 3339, not yet checked. */
  readonly time: string | null;
  /** The fields of the event. */
  readonly data: Readonly<Record<string, unknown>>;
  /** `ce_source`, `ce_id`, and `ce_type` and `ce_subject` when present. Other attributes are transport and not kept. */
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * Structured mode: the payload has a text `specversion` (a reserved key), the fields are in `data` or, as base64 of JSON, in `data_base64`.
 * Binary mode: attributes with a known prefix name id, source or specversion, the fields are the payload. Structured wins where both are.
 * `null` when the payload is an ordinary event.
 *
 * @throws {RejectedEvent} schema; what parseStrictJson throws for `data_base64`; nul_char or lone_surrogate for attributes
 */
export function readCloudEvent(
  payload: Readonly<Record<string, unknown>>,
  attributes: Readonly<Record<string, string>>,
): CloudEvent | null {
  if (typeof payload.specversion === 'string') return cloudEvent(payload, structuredData(payload));
  const context = binaryContext(attributes);
  return context && cloudEvent(context, payload);
}

function cloudEvent(context: Readonly<Record<string, unknown>>, data: Readonly<Record<string, unknown>>): CloudEvent {
  const specversion = optionalText(context, 'specversion');
  if (specversion !== null && specversion !== SPECVERSION) {
    throw new RejectedEvent('schema', `specversion must be "1.0"; got ${excerpt(specversion)}`, 'specversion');
  }
  const id = requiredText(context, 'id');
  const source = requiredText(context, 'source');
  const type = optionalText(context, 'type');
  const subject = optionalText(context, 'subject');
  const properties: Record<string, string> = { ce_source: source, ce_id: id };
  if (type !== null) properties.ce_type = type;
  if (subject !== null) properties.ce_subject = subject;
  return { source, id, type, time: optionalText(context, 'time'), data, properties };
}

function requiredText(context: Readonly<Record<string, unknown>>, name: string): string {
  const text = optionalText(context, name);
  if (text === null) throw new RejectedEvent('schema', `a CloudEvent needs ${name}, a non-empty string`, name);
  return text;
}

function optionalText(context: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = context[name] ?? null;
  if (value === null) return null;
  if (typeof value === 'string' && value !== '') return value;
  throw new RejectedEvent('schema', `${name} of a CloudEvent must be a non-empty string; got ${excerpt(value)}`, name);
}

function structuredData(envelope: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const data = envelope.data ?? null;
  const base64 = envelope.data_base64 ?? null;
  if (data !== null && base64 !== null) {
    throw new RejectedEvent('schema', 'a CloudEvent has data or data_base64, not both', 'data_base64');
  }
  if (base64 !== null) return decodeData(base64);
  if (data === null) return {};
  if (typeof data === 'object' && !Array.isArray(data)) return data as Record<string, unknown>;
  throw new RejectedEvent(
    'schema',
    `data must be an object with the fields of the event; got ${excerpt(data)}`,
    'data',
  );
}

function decodeData(base64: unknown): Record<string, unknown> {
  if (typeof base64 !== 'string' || !BASE64.test(base64)) {
    throw new RejectedEvent('schema', `data_base64 must be base64 text; got ${excerpt(base64)}`, 'data_base64');
  }
  return parseStrictJson(Buffer.from(base64, 'base64'));
}

/** The context attributes among message properties, prefix removed; null when they make no CloudEvent. */
function binaryContext(attributes: Readonly<Record<string, string>>): Record<string, string> | null {
  let context: Record<string, string> | null = null;
  for (const prefix of PREFIXES) {
    for (const name in attributes) {
      if (name.length <= prefix.length || name.slice(0, prefix.length).toLowerCase() !== prefix) continue;
      const attribute = name.slice(prefix.length).toLowerCase();
      const value = attributes[name];
      if (value === undefined || !CONTEXT_ATTRIBUTES.has(attribute)) continue;
      context ??= {};
      context[attribute] ??= value;
    }
  }
  if (!context || !('id' in context || 'source' in context || 'specversion' in context)) return null;
  for (const attribute in context) rejectUnstorableText(context[attribute] ?? '', attribute);
  return context;
}

const CONTEXT_ATTRIBUTES: ReadonlySet<string> = new Set(['specversion', 'id', 'source', 'type', 'subject', 'time']);
