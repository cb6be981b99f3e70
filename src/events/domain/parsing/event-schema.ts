import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { excerpt } from './excerpt.js';
import { EVENT_TYPES } from '../incoming-event.js';
import { RejectedEvent } from '../rejection.js';

const MAX_PIXELS = 1_000_000;
/** Absolute (a scheme and something after it) or a path; neither white space nor control characters. */
const URL_PATTERN = '^(?:/|[A-Za-z][A-Za-z0-9+.-]*:(?=.))[^\\s\\u0000-\\u001f\\u007f-\\u009f]*$';
const DECIMAL_PATTERN = '^-?[0-9]+(?:\\.[0-9]+)?$';

const url = (description: string) =>
  Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 2048,
      pattern: URL_PATTERN,
      description,
      examples: ['https://product.com/item/123'],
    }),
  );
const pixels = (description: string, example: number) =>
  Type.Optional(Type.Number({ minimum: 0, maximum: MAX_PIXELS, description, examples: [example] }));
const fraction = (description: string, example: number) =>
  Type.Optional(Type.Number({ minimum: 0, maximum: 1, description, examples: [example] }));

/**
 * The fields of an event as every intake takes them; any other key goes to `properties`. Lengths count code points, as JSON Schema says
 * (TypeBox 1.4 compares `length` first and counts only what is near the limit), so 255 characters are at most 1,020 bytes of UTF-8,
 * well below the 2,704 of an index entry. What spans fields (x with y, url with page_url, who needs a user_id) is in event-content.ts.
 */
export const EVENT_SCHEMA = Type.Object({
  event_type: Type.Optional(
    Type.Enum([...EVENT_TYPES], {
      description: 'Needed where neither topic nor route decides the type; otherwise it must agree.',
      examples: ['click'],
    }),
  ),
  event_id: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 128,
      description:
        "The producer's idempotency key, unique per event type; a UUIDv7 is best. Stored and returned as sent.",
      examples: ['0199c1a4-7d2e-7c3b-9a51-3f0f6a1b2c3d'],
    }),
  ),
  user_id: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'Required, except on clicks that carry x and y or a reaction.',
      examples: ['550e8400-e29b-41d4-a716-446655440000'],
    }),
  ),
  session_id: Type.Optional(
    Type.String({ minLength: 1, maxLength: 255, description: 'The visit.', examples: ['sess_abc123'] }),
  ),
  url: url('Where it happened: absolute URL or path.'),
  page_url: url('Synonym of url; both given must be equal.'),
  timestamp: Type.Optional(
    Type.Union([Type.Number(), Type.String({ minLength: 1, maxLength: 64 })], {
      description:
        'When it happened: epoch milliseconds, or RFC 3339 with an offset. Default: the time of the message, or the arrival.',
      examples: [1763800000000, '2025-11-22T08:26:40.000Z'],
    }),
  ),
  x: fraction('Click position from the left as a fraction of the document; comes with y.', 0.45),
  y: fraction('Click position from the top as a fraction of the document; comes with x.', 0.3),
  viewport_width: pixels('Pixels; fractions are floored.', 1440),
  viewport_height: pixels('Pixels; fractions are floored.', 900),
  scroll_y: pixels('Pixels scrolled down; fractions are floored.', 350),
  user_agent: Type.Optional(
    Type.String({ maxLength: 1024, description: 'Default: the User-Agent header.', examples: ['Mozilla/5.0'] }),
  ),
  reaction: Type.Optional(
    Type.Enum(['cheers', 'hate'], { description: 'On clicks: a vote of the live clicker.', examples: ['cheers'] }),
  ),
  conversion_type: Type.Optional(
    Type.String({ minLength: 1, maxLength: 64, description: 'On conversions.', examples: ['signup'] }),
  ),
  amount: Type.Optional(
    Type.Union([Type.Number(), Type.String({ maxLength: 64, pattern: DECIMAL_PATTERN })], {
      description: 'On sales: at least 0 and below 100000000000, at most 4 decimals.',
      examples: ['19.90', 19.9],
    }),
  ),
  currency: Type.Optional(
    Type.String({ pattern: '^[A-Z]{3}$', description: 'On sales: ISO 4217; without it XXX.', examples: ['EUR'] }),
  ),
});

/** What is left once null is absent: a field is its value or undefined. */
export type EventFields = Static<typeof EVENT_SCHEMA>;
export type EventFieldName = keyof EventFields;

const validator = Compile(EVENT_SCHEMA);

const EXPECTED: Readonly<Record<EventFieldName, string>> = {
  event_type: 'click, conversion or sale',
  event_id: 'a string of 1 to 128 characters',
  user_id: 'a string of 1 to 255 characters',
  session_id: 'a string of 1 to 255 characters',
  url: 'an absolute URL or a path of at most 2048 characters, without white space or control characters',
  page_url: 'an absolute URL or a path of at most 2048 characters, without white space or control characters',
  timestamp: 'epoch milliseconds as a number, or RFC 3339 with an offset such as 2026-03-01T10:00:00.000Z',
  x: 'a number from 0 to 1, a fraction of the document',
  y: 'a number from 0 to 1, a fraction of the document',
  viewport_width: `a number from 0 to ${MAX_PIXELS}`,
  viewport_height: `a number from 0 to ${MAX_PIXELS}`,
  scroll_y: `a number from 0 to ${MAX_PIXELS}`,
  user_agent: 'a string of at most 1024 characters',
  reaction: 'cheers or hate',
  conversion_type: 'a string of 1 to 64 characters',
  amount: 'a decimal as a number or a string, such as "19.90"',
  currency: 'an ISO 4217 code in upper case, such as EUR',
};

/**
 * Checks types, lengths and ranges field by field; the first field in the schema's order is named.
 *
 * @throws {RejectedEvent} schema
 */
export function checkFields(fields: Readonly<Record<EventFieldName, unknown>>): EventFields {
  if (validator.Check(fields)) return fields;
  const path = validator.Errors(fields)[0]?.instancePath ?? '';
  throw wrongField(path.slice(1) as EventFieldName, fields[path.slice(1) as EventFieldName]);
}

export function wrongField(field: EventFieldName, sent: unknown): RejectedEvent {
  return new RejectedEvent('schema', `${field} must be ${EXPECTED[field]}; got ${excerpt(sent)}`, field);
}
