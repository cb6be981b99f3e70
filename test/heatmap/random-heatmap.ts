import fc from 'fast-check';
import { testUuid } from '../support/events.js';
import type { Row } from '../support/record-rows.js';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** A Monday, where a week of facts begins. */
export const MONDAY = Date.parse('2026-03-30T00:00:00.000Z');
export const PAGES = ['https://shop.example/a', '/b'];
const VIEWS = ['v-1', 'v-2', 'v-3'];
export const USERS = ['u-1', 'u-2'];

/** On the borders of cells, of steps and of classes, and just beside them. */
const fraction = fc.oneof(
  fc.constantFrom(0, 0.05, 0.1, 0.15, 0.3, 0.35, 0.45, 0.55, 0.6, 0.7, 0.95, 1, 1 - Number.EPSILON / 2, 0.15 - 1e-16),
  fc.double({ min: 1e-9, max: 1, noNaN: true }),
);
const width = fc.constantFrom(320, 599, 600, 1023, 1024, 1440, 0, 1_000_000);
const instant = fc
  .tuple(
    fc.constantFrom(-DAY, -HOUR, 0, HOUR, DAY),
    fc.oneof(fc.constantFrom(-1, 0, 1), fc.integer({ min: -HOUR, max: HOUR })),
  )
  .map(([at, by]) => MONDAY + at + by);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const target = fc
  .record({
    selector: optional(fc.constantFrom('#buy', '#buy > b', 'é', 'main')),
    place: optional(fc.tuple(fraction, fraction)),
    fixed: optional(fc.boolean()),
  })
  .filter(({ selector, place, fixed }) => selector !== undefined || place !== undefined || fixed !== undefined)
  .map(({ selector, place, fixed }) => ({
    ...(selector === undefined ? {} : { selector }),
    ...(place === undefined ? {} : { x: place[0], y: place[1] }),
    ...(fixed === undefined ? {} : { fixed }),
  }));
const common = {
  timestamp: instant,
  url: fc.constantFrom(...PAGES),
  user_id: fc.constantFrom(...USERS),
  session_id: optional(fc.constantFrom('s-1', 's-2', 's-3')),
  viewport_width: optional(width),
};
const click = fc
  .record({
    ...common,
    place: optional(fc.tuple(fraction, fraction)),
    reaction: fc.constantFrom(undefined, undefined, undefined, 'cheers'),
    viewport_height: optional(fc.constantFrom(600, 900)),
    document_height: optional(fc.constantFrom(900, 1800, 6000)),
    scroll_y: optional(fc.constantFrom(0, 499, 500, 999, 1000, 7777, 1_000_000)),
    view_id: optional(fc.constantFrom(...VIEWS)),
    scroll_depth: optional(fraction),
    target: optional(target),
  })
  .map(({ place, ...fields }) => ({ ...fields, ...(place ? { x: place[0], y: place[1] } : {}) }));
const interaction = fc.record({
  ...common,
  view_id: fc.constantFrom(...VIEWS),
  kind: fc.oneof(
    fc.constant({ interaction: 'view' }),
    fraction.map((scroll_depth) => ({ interaction: 'view', scroll_depth })),
    fraction.map((scroll_depth) => ({ interaction: 'scroll', scroll_depth })),
  ),
});
/** Events of the pages, around midnight and the days before and after. */
export const rows = fc
  .array(
    fc.oneof(
      click,
      interaction.map(({ kind, ...fields }) => ({ ...fields, ...kind })),
    ),
    { minLength: 1, maxLength: 60 },
  )
  .map((made) =>
    made.map(
      (fields, n) => JSON.parse(JSON.stringify({ ...fields, event_type: 'click', event_id: testUuid(n) })) as Row,
    ),
  );
export const question = fc.record({
  page: fc.constantFrom(...PAGES, '/nowhere'),
  one: instant,
  other: instant,
  device: optional(fc.constantFrom('phone', 'tablet', 'desktop')),
  user: fc.constantFrom(undefined, undefined, ...USERS),
  rows: fc.constantFrom(20, 20, 5, 100),
  columns: fc.constantFrom(20, 20, 7, 100),
});
