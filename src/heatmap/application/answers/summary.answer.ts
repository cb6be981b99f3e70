import Type from 'typebox';
import { COMPUTED_FROM_FACTS, COUNTED_WINDOW, PERIOD } from '../../../metrics/application/answers/window.answer.js';
import { FRESHNESS } from '../../../metrics/application/answers/freshness.answer.js';
import { type Answer, answer, count, described, nullable, text, time } from '../../../platform/answer-schema.js';
import { DEVICE_CLASS_NAMES } from '../../domain/device-class.js';

const fraction = (example: number, description: string) =>
  Type.Number({ minimum: 0, maximum: 1, examples: [example], description });

const pixels = (example: number, description: string) =>
  nullable(Type.Integer({ minimum: 0, maximum: 1_000_000, examples: [example], description }));

const GRID = Type.Array(Type.Array(count(3, 'Clicks in the cell.')), {
  examples: [
    [
      [3, 0],
      [0, 9],
    ],
  ],
  description:
    '`grid[row][column]`, from the top and from the left: a cell holds its upper and its left border, the last row and column also the end of the document.',
});

const DeviceShare = answer('HeatmapDevice', {
  device: Type.Enum([...DEVICE_CLASS_NAMES, 'unknown'] as const, {
    examples: ['desktop'],
    description: '`unknown`: the events said no width of their viewport.',
  }),
  clicks: count(9, 'Clicks of both layers and without a position.'),
  views: count(4, 'Views.'),
});

const FixedLayer = answer('HeatmapFixedLayer', {
  grid: GRID,
  total_clicks: count(0, 'Clicks of this layer: the sum of its grid.'),
});

const ReachStep = answer('HeatmapReach', {
  depth: fraction(0.5, 'Fraction of the document: 0.05, 0.10 … 1.00.'),
  share: fraction(0.75, 'Of the views whose depth is known, those that saw the document down to there or deeper.'),
});

const ScrollBand = answer('HeatmapScrollBand', {
  from: count(0, 'Pixels that the page was scrolled down, included.'),
  to: count(500, 'Not included.'),
  clicks: count(12, 'Clicks of both layers made while it was scrolled so far.'),
});

const PlaceInElement = answer('HeatmapPlaceInElement', {
  x: fraction(0.55, 'Middle of a tenth of the width of the element, from its left.'),
  y: fraction(0.45, 'Middle of a tenth of its height, from its top.'),
  clicks: count(5, 'Clicks of the element there.'),
});

const Element = answer('HeatmapElement', {
  selector: text('#buy', 'CSS selector, as the tracker sent it. Text from outside: show it as text alone.'),
  clicks: count(12, 'Clicks that hit it, in both layers.'),
  fixed_clicks: count(0, 'Of them, those while it was fixed or lay over the page.'),
  places: Type.Array(PlaceInElement, {
    description: 'Where in it, as far as the clicks say it: what puts them back on the element, wherever it lies now.',
  }),
});

const RestOfElements = answer('HeatmapRestOfElements', {
  elements: count(3, 'Elements beyond those that are shown.'),
  clicks: count(7, 'Their clicks.'),
});

const ClickTarget = answer('HeatmapTarget', {
  selector: nullable(text('#buy', 'CSS selector of what was hit.')),
  x: nullable(fraction(0.5, 'Where in it, from the left.')),
  y: nullable(fraction(0.5, 'Where in it, from the top.')),
});

const DrawnClick = answer('HeatmapClick', {
  x: fraction(0.45, 'From the left, as a fraction of the width of the document.'),
  y: fraction(0.3, 'From the top, as a fraction of the height of the document.'),
  viewport_width: pixels(1440, 'Pixels.'),
  viewport_height: pixels(900, 'Pixels.'),
  document_width: pixels(1440, 'Pixels.'),
  document_height: pixels(5200, 'Pixels.'),
  scroll_y: pixels(350, 'Pixels.'),
  fixed: Type.Boolean({ examples: [false], description: 'Whether it belongs to the fixed layer.' }),
  target: nullable(ClickTarget, { description: 'What was hit; null when the click did not say it.' }),
  occurred_at: time('2025-11-22T11:59:58.000Z', 'When it happened, to the millisecond.'),
});

/** Figures that need each event itself. They are null if they were not asked for. */
const FROM_EVENTS = {
  elements: nullable(Type.Array(Element), {
    description: 'The 100 that were clicked most, most first; equal ones by selector. Null with `elements=false`.',
  }),
  rest_of_elements: nullable(RestOfElements),
  clicks_without_element: nullable(count(2, 'Clicks that name no element.')),
  sessions: nullable(count(3, 'Distinct sessions of the clicks; those without a session are left out.')),
  clicks_above_fold: nullable(
    count(8, 'Clicks of the document layer in what shows before anybody scrolls: y × document ≤ viewport height.'),
  ),
  clicks_with_fold: nullable(count(10, 'Clicks of the document layer that say both heights, so that this is known.')),
};

export const HeatmapSummary = answer('HeatmapSummary', {
  ...FRESHNESS,
  page_url: text('/albums/avengers', 'As it was asked for.'),
  period: PERIOD,
  ...COUNTED_WINDOW,
  computed_from: COMPUTED_FROM_FACTS,
  device: nullable(
    Type.Enum([...DEVICE_CLASS_NAMES], {
      examples: ['desktop'],
      description: 'The class that was asked for; null: all of them, `devices` says how many of each.',
    }),
    { examples: [null] },
  ),
  devices: Type.Array(DeviceShare, {
    description: 'What is in this answer, by class of device; none twice, all four.',
  }),
  user_id: nullable(text('550e8400-e29b-41d4-a716-446655440000', 'The one that was asked for; null: all.'), {
    examples: [null],
  }),
  rows: count(20, 'Of the grids.', 5),
  columns: count(20, 'Of the grids.', 5),
  grid: GRID,
  total_clicks: count(
    12,
    'Clicks of the document layer: the sum of the grid. All clicks of the page are these, those of the fixed layer and those without a position; votes, views and scrolls are no clicks.',
  ),
  fixed: described(FixedLayer, 'Clicks on what stays in place while the page scrolls, or lies over it.'),
  clicks_without_position: count(0, 'Clicks of the page that do not say where: in no grid.'),
  views: count(4, 'Distinct views (`view_id`) with a `view` in the window.'),
  views_without_depth: count(1, 'Views that never said how far they were read: left out of `reach`.'),
  reach: Type.Array(ReachStep, {
    description:
      'Of the views whose depth is known: the greatest `scroll_depth` of a `view` or `scroll` of it, up to 24 hours after it began, also after the window. Every share is 0 where there are none.',
  }),
  scroll_distribution: Type.Array(ScrollBand, {
    description: 'By 500 pixels of `scroll_y`, from the top to the last band that has clicks.',
  }),
  clicks_without_scroll: count(0, 'Clicks that do not say how far the page was scrolled.'),
  ...FROM_EVENTS,
  events: Type.Array(DrawnClick, {
    description:
      'The newest clicks that say where, of both layers, newest first: for drawing. `events=0` leaves them out.',
  }),
});
export type HeatmapSummary = Answer<typeof HeatmapSummary>;
