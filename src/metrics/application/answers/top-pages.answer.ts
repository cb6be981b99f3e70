import Type from 'typebox';
import { EVENT_TYPE } from '../../../events/application/answers/event.answer.js';
import { type Answer, answer, count, text } from '../../../platform/answer-schema.js';
import { percent } from './figures.answer.js';
import { FRESHNESS } from './freshness.answer.js';
import { COMPUTED_FROM_FACTS, COUNTED_WINDOW, PERIOD } from './window.answer.js';

const TopPage = answer('TopPage', {
  page_url: text('https://product.com/item/123'),
  events: count(120, 'Events of the type on this page.'),
  share: percent(80, 'events ÷ total × 100, two decimals.'),
});

const RestOfPages = answer('RestOfPages', {
  pages: count(3, 'Pages beyond the limit.'),
  events: count(30, 'Their events.'),
});

export const TopPages = answer('TopPages', {
  ...FRESHNESS,
  period: PERIOD,
  ...COUNTED_WINDOW,
  computed_from: COMPUTED_FROM_FACTS,
  event_type: EVENT_TYPE,
  total: count(150, 'Events of the type that name a page.'),
  pages: Type.Array(TopPage, { description: 'Most events first; equal ones by address.' }),
  rest: RestOfPages,
});
export type TopPages = Answer<typeof TopPages>;
