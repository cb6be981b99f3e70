import Type from 'typebox';
import { EVENT_TYPE } from '../../../events/application/answers/event.answer.js';
import { INTERACTIONS, REACTIONS } from '../../../events/domain/event-type.js';
import { FRESHNESS } from '../../../metrics/application/answers/freshness.answer.js';
import { COMPUTED_FROM_FACTS } from '../../../metrics/application/answers/window.answer.js';
import { type Answer, answer, count, described, nullable, text, time } from '../../../platform/answer-schema.js';

const PAGE = nullable(text('https://product.com/item/123'));
const CURRENCY = text('EUR', 'ISO 4217; `XXX` where the sale named none.');
const AMOUNT = Type.String({ pattern: '^\\d+\\.\\d{2,4}$', examples: ['19.90'], description: 'An exact decimal.' });

const JourneyEvent = answer('JourneyEvent', {
  event_id: text('order-1001', 'Ask `/events/{event_id}` for all of its fields.'),
  event_type: EVENT_TYPE,
  occurred_at: time('2025-11-22T08:26:40.000Z', 'When it happened.'),
  page_url: PAGE,
  interaction: nullable(Type.Enum([...INTERACTIONS], { examples: ['view'] })),
  reaction: nullable(Type.Enum([...REACTIONS], { examples: ['cheers'] })),
  conversion_type: nullable(text('signup')),
  amount: nullable(AMOUNT),
  currency: nullable(CURRENCY),
});

/** The figures describe the whole session, whichever of its events stand on the page. */
const JourneySession = answer('JourneySession', {
  session_id: nullable(text('sess_abc123', 'Null: its events name none.')),
  started_at: time('2025-11-22T08:20:00.000Z', 'Its first event.'),
  ended_at: time('2025-11-22T08:41:10.250Z', 'Its last event.'),
  duration_ms: count(1_270_250, 'From its first event to its last, milliseconds.'),
  total_events: count(14, 'Its events, on this page or another.'),
  entry_page: nullable(text('https://product.com/', 'Of its first event that names a page.')),
  exit_page: nullable(text('https://product.com/item/123', 'Of its last event that names a page.')),
  continued: Type.Boolean({ examples: [false], description: 'Its first events stand on an earlier page.' }),
  events: Type.Array(JourneyEvent, { description: 'Oldest first: those of this page.' }),
});

const JourneyRevenue = answer('JourneyRevenue', {
  currency: CURRENCY,
  sales: count(2, 'Sales in this currency.'),
  amount: described(AMOUNT, 'Sum of their amounts.'),
});

const JourneySummary = answer('JourneySummary', {
  first_seen: nullable(time('2025-10-02T17:00:00.000Z', 'The first event; null without any.')),
  last_seen: nullable(time('2025-11-22T08:41:10.250Z', 'The last event; null without any.')),
  total_sessions: count(7, 'Sessions.'),
  total_events: count(93, 'Events of every kind.'),
  total_clicks: count(60, 'Clicks without a reaction or an interaction.'),
  total_votes: count(0, 'Clicks with a reaction.'),
  total_views: count(20, 'Page views.'),
  total_scrolls: count(9, 'How far pages were read.'),
  total_conversions: count(2, 'Conversions.'),
  total_sales: count(2, 'Sales.'),
  revenue: Type.Array(JourneyRevenue, { description: 'By currency.' }),
});

const JourneyWindow = answer('JourneyWindow', {
  from: nullable(time('2025-11-21T12:00:00.000Z', 'Not included.'), { description: 'Null: all that is kept.' }),
  to: nullable(time('2025-11-22T12:00:00.000Z', 'Included.'), { description: 'Null: to the latest event.' }),
});

const JourneyDefinitions = answer('JourneyDefinitions', {
  session: text(
    'events with the same session_id; of those without one, events of which each follows within 30 minutes',
  ),
  order: text('sessions by their first event, events by occurred_at, then id, then type'),
});

export const Journey = answer('Journey', {
  user_id: text('550e8400-e29b-41d4-a716-446655440000'),
  ...FRESHNESS,
  window: described(JourneyWindow, 'Whose events are looked at: `(from, to]`.'),
  exact: Type.Boolean({
    examples: [true],
    description: 'False when `from` lies before what is kept: `window` then says from when on.',
  }),
  computed_from: COMPUTED_FROM_FACTS,
  definitions: JourneyDefinitions,
  summary: described(JourneySummary, 'Of the whole window, on every page.'),
  sessions: Type.Array(JourneySession, { description: 'Oldest first.' }),
  next_cursor: nullable(
    text(
      'MSAxNzYzODI0NjY5MDAwIDAxOWFhYzM2LTlkNDgtN2FiYy04ZGVmLTAxMjM0NTY3ODlhYiBzYWxlIDE3NjM4MjQ2NjkwMDAgMDE5YWFjMzYtOWQ0OC03YWJjLThkZWYtMDEyMzQ1Njc4OWFiIHNhbGU',
      'Send it as `cursor` for the next page; null at the end.',
    ),
  ),
});
export type Journey = Answer<typeof Journey>;
export type JourneyEvent = Answer<typeof JourneyEvent>;
export type JourneySession = Answer<typeof JourneySession>;
export type JourneySummary = Answer<typeof JourneySummary>;
