import Type from 'typebox';
import { type Answer, answer, nullable, text, time } from '../../../platform/answer-schema.js';
import { EVENT_TYPES, INTERACTIONS, REACTIONS } from '../../domain/event-type.js';

export const EVENT_TYPE = Type.Enum([...EVENT_TYPES], { $id: 'EventType', examples: ['click'] });

const fraction = (example: number, description: string) =>
  nullable(Type.Number({ minimum: 0, maximum: 1, examples: [example], description }));

const pixels = (example: number) =>
  nullable(Type.Integer({ minimum: 0, maximum: 1_000_000, examples: [example], description: 'Pixels.' }));

const Target = answer('Target', {
  selector: Type.Optional(text('#buy', 'CSS selector.')),
  x: Type.Optional(
    Type.Number({ minimum: 0, maximum: 1, examples: [0.5], description: 'Where in it, from the left.' }),
  ),
  y: Type.Optional(Type.Number({ minimum: 0, maximum: 1, examples: [0.5], description: 'Where in it, from the top.' })),
  fixed: Type.Optional(
    Type.Boolean({ examples: [false], description: 'Whether it stays in place while the page scrolls.' }),
  ),
});

/** An event as the API shows it; null where it has none. */
export const EventView = answer('Event', {
  event_id: text('order-1001', 'As the producer sent it; unique per event type.'),
  event_type: EVENT_TYPE,
  user_id: nullable(text('550e8400-e29b-41d4-a716-446655440000')),
  session_id: nullable(text('sess_abc123')),
  url: nullable(text('https://product.com/item/123', 'The same value as `page_url`.')),
  page_url: nullable(text('https://product.com/item/123')),
  occurred_at: time('2025-11-22T08:26:40.000Z', 'When it happened, to the millisecond.'),
  received_at: time('2025-11-22T08:26:40.000Z', 'When the broker (publish time) or the service (HTTP) got it.'),
  x: fraction(0.45, 'Position of the click as a fraction of the width of the document.'),
  y: fraction(0.3, 'Position of the click as a fraction of the height of the document.'),
  viewport_width: pixels(1440),
  viewport_height: pixels(900),
  scroll_y: pixels(350),
  user_agent: nullable(text('Mozilla/5.0')),
  reaction: nullable(
    Type.Enum([...REACTIONS], { examples: ['cheers'], description: 'On a click: a vote of the live clicker.' }),
  ),
  conversion_type: nullable(text('signup', 'On conversions.')),
  amount: nullable(
    Type.String({
      pattern: '^\\d+\\.\\d{2,4}$',
      examples: ['19.90'],
      description: 'On sales: a decimal with two to four decimals.',
    }),
  ),
  currency: nullable(text('EUR', 'On sales: ISO 4217, `XXX` when the sale named none.')),
  properties: Type.Record(Type.String(), Type.Unknown(), {
    examples: [{ campaign: 'autumn' }],
    description: 'All other fields as they were sent, without members that are null; `{}` when there are none.',
  }),
  interaction: nullable(
    Type.Enum([...INTERACTIONS], {
      examples: ['view'],
      description: 'On a click without x, y and reaction: a page view, or how far it was read.',
    }),
  ),
  view_id: nullable(text('v-7f3a', 'The view of a page that a click belongs to.')),
  scroll_depth: fraction(0.75, 'The deepest fraction of the document that was seen.'),
  document_width: pixels(1440),
  document_height: pixels(5200),
  target: nullable(Target, { description: 'What was hit, and where in it.' }),
});
export type EventView = Answer<typeof EventView>;

export const EventPage = answer('EventPage', {
  events: Type.Array(EventView, { description: 'In the order that was asked for.' }),
  next_cursor: nullable(
    text(
      'MSAxNzYzODI0NjY5MDAwIDAxOWFhYzM2LTlkNDgtN2FiYy04ZGVmLTAxMjM0NTY3ODlhYiBzYWxl',
      'Send it as `cursor` for the next page; null at the end.',
    ),
  ),
  truncated_by: Type.Union([Type.Literal('bytes'), Type.Null()], {
    examples: [null],
    description:
      '`bytes`: the page ended before its `limit`, since it would have had more than about 4 MB; `next_cursor` leads on. Else null.',
  }),
});
export type EventPage = Answer<typeof EventPage>;

export const EventsOfId = answer('EventsOfId', {
  events: Type.Array(EventView, { description: 'One of each type that has this id.' }),
});
export type EventsOfId = Answer<typeof EventsOfId>;
