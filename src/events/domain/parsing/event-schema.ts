import Type, { type Static, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { excerpt } from './excerpt.js';
import { EVENT_TYPES, INTERACTIONS, REACTIONS } from '../incoming-event.js';
import { RejectedEvent } from '../rejection.js';
import type { EventFieldName, YoungerField } from './field-names.js';

const MAX_PIXELS = 1_000_000;
const MAX_SELECTOR = 1024;
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
 * well below the 2,704 of an index entry. Rules that span fields (x with y, url with page_url, who needs a user_id) are in event-content.ts.
 */
export const EVENT_SCHEMA = Type.Object({
  event_type: Type.Optional(
    Type.Enum([...EVENT_TYPES], {
      description:
        'Needed where neither topic nor route decides the type. Where one does, another of the three contradicts it, and any other value stays in properties.',
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
      description: 'Required, except on clicks that carry x and y, a reaction or an interaction.',
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
        'When it happened: epoch milliseconds (a number below 100000000000 is seconds), or RFC 3339 with an offset. Default: the time of the message, or the arrival.',
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
    Type.Enum([...REACTIONS], { description: 'On clicks: a vote of the live clicker.', examples: ['cheers'] }),
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
  interaction: Type.Optional(
    Type.Enum([...INTERACTIONS], {
      description:
        'On clicks without x, y and reaction: a page view, or how far it was read. Needs page_url and view_id; scroll needs scroll_depth.',
      examples: ['view'],
    }),
  ),
  view_id: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'On clicks: the view of a page that the event belongs to.',
      examples: ['v-7f3a'],
    }),
  ),
  scroll_depth: fraction('On clicks: the deepest fraction of the document seen; sent again when it grew.', 0.75),
  document_width: pixels("On clicks: the document's width in pixels; fractions are floored.", 1440),
  document_height: pixels("On clicks: the document's height in pixels; fractions are floored.", 5200),
  target: Type.Optional(
    Type.Object(
      {
        selector: Type.Optional(
          Type.String({ minLength: 1, maxLength: MAX_SELECTOR, description: 'CSS selector of what was hit.' }),
        ),
        x: fraction('Where in it, from the left; comes with y.', 0.5),
        y: fraction('Where in it, from the top; comes with x.', 0.5),
        fixed: Type.Optional(Type.Boolean({ description: 'Whether it stays in place while the page scrolls.' })),
      },
      {
        additionalProperties: false,
        minProperties: 1,
        description: 'On clicks: what was hit, and where in it.',
        examples: [{ selector: '#buy', x: 0.5, y: 0.5, fixed: false }],
      },
    ),
  ),
} satisfies Record<EventFieldName, TSchema>);

/** The fields once null counts as absent: a field is its value or undefined. */
export type EventFields = Static<typeof EVENT_SCHEMA>;

const validator = Compile(EVENT_SCHEMA);

const { interaction, view_id, scroll_depth, document_width, document_height, target } = EVENT_SCHEMA.properties;
const YOUNGER_FIELDS = {
  interaction: Compile(interaction),
  view_id: Compile(view_id),
  scroll_depth: Compile(scroll_depth),
  document_width: Compile(document_width),
  document_height: Compile(document_height),
  target: Compile(target),
};

/**
 * The value as the field holds it, or undefined where it is none of the field's: then it stays in `properties` and is no error.
 * A value is of the field's type if it keeps all that the schema says of it: `view` or `scroll`; a string of 1 to 64 characters; a number from
 * 0 to 1 (75, a percentage, is none), or from 0 to 1,000,000; of `target` an object with at least one of its four members, each of
 * its type, `x` and `y` together, and no other member, since that would be lost.
 */
export function youngerValue(field: YoungerField, sent: unknown): unknown {
  if (field !== 'target') return YOUNGER_FIELDS[field].Check(sent) ? sent : undefined;
  const present = withoutNullMembers(sent);
  if (!YOUNGER_FIELDS.target.Check(present)) return undefined;
  return (present.x === undefined) === (present.y === undefined) ? present : undefined;
}

function withoutNullMembers(value: unknown): Record<string, unknown> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}

const EXPECTED: Readonly<Record<EventFieldName, string>> = {
  event_type: 'click, conversion or sale',
  event_id: 'a string of 1 to 128 characters',
  user_id: 'a string of 1 to 255 characters',
  session_id: 'a string of 1 to 255 characters',
  url: 'an absolute URL or a path of at most 2048 characters, without white space or control characters',
  page_url: 'an absolute URL or a path of at most 2048 characters, without white space or control characters',
  timestamp: 'epoch milliseconds or seconds as a number, or RFC 3339 with an offset such as 2026-03-01T10:00:00.000Z',
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
  interaction: 'view or scroll',
  view_id: 'a string of 1 to 64 characters',
  scroll_depth: 'a number from 0 to 1, a fraction of the document',
  document_width: `a number from 0 to ${MAX_PIXELS}`,
  document_height: `a number from 0 to ${MAX_PIXELS}`,
  target: 'an object of selector, x with y, and fixed',
};

/**
 * Checks types, lengths and ranges field by field; the first field in the schema's order is named.
 *
 * @throws {RejectedEvent} schema
 */
export function checkFields(fields: Readonly<Record<EventFieldName, unknown>>): EventFields {
  if (validator.Check(fields)) return fields;
  const [, name] = (validator.Errors(fields)[0]?.instancePath ?? '').split('/');
  throw wrongField(name as EventFieldName, fields[name as EventFieldName]);
}

export function wrongField(field: EventFieldName, sent: unknown): RejectedEvent {
  return new RejectedEvent('schema', `${field} must be ${EXPECTED[field]}; got ${excerpt(sent)}`, field);
}
