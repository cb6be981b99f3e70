import Type from 'typebox';
import { FRESHNESS } from '../../../metrics/application/answers/freshness.answer.js';
import { COMPUTED_FROM_FACTS, COUNTED_WINDOW, PERIOD } from '../../../metrics/application/answers/window.answer.js';
import { type Answer, answer, count, text } from '../../../platform/answer-schema.js';

const HeatmapPage = answer('HeatmapPage', {
  page_url: text('/albums/avengers', 'Text from outside: show it as text alone.'),
  clicks: count(12, 'All its clicks, with and without a position; votes, views and scrolls are no clicks.'),
  views: count(4, 'Distinct views (`view_id`) with a `view` in the window.'),
});

const RestOfHeatmapPages = answer('RestOfHeatmapPages', {
  pages: count(3, 'Pages with clicks or views beyond the limit.'),
  clicks: count(30, 'Their clicks.'),
});

export const HeatmapPages = answer('HeatmapPages', {
  ...FRESHNESS,
  period: PERIOD,
  ...COUNTED_WINDOW,
  computed_from: COMPUTED_FROM_FACTS,
  pages: Type.Array(HeatmapPage, { description: 'Most clicks first; equal ones by address.' }),
  rest: RestOfHeatmapPages,
});
export type HeatmapPages = Answer<typeof HeatmapPages>;
