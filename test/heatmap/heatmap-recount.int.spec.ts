import fc from 'fast-check';
import { testUuid } from '../support/events.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { useService } from '../support/used-service.js';
import * as recount from './recount.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday, where a week of facts begins. */
const MONDAY = Date.parse('2026-03-30T00:00:00.000Z');
const PAGES = ['https://shop.example/a', '/b'];
const VIEWS = ['v-1', 'v-2', 'v-3'];
const USERS = ['u-1', 'u-2'];

type Json = Record<string, unknown>;

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
const rows = fc
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
const question = fc.record({
  page: fc.constantFrom(...PAGES, '/nowhere'),
  one: instant,
  other: instant,
  device: optional(fc.constantFrom('phone', 'tablet', 'desktop')),
  user: fc.constantFrom(undefined, undefined, ...USERS),
  rows: fc.constantFrom(20, 20, 5, 100),
  columns: fc.constantFrom(20, 20, 7, 100),
});

describe('every figure of the heat map is what a recount says', () => {
  const service = useService({}, MONDAY + 2 * DAY);

  const get = async (path: string, query: Record<string, string | number | undefined>): Promise<Json> => {
    const given = Object.entries(query).filter(([, value]) => value !== undefined) as [string, string][];
    const response = await fetch(`${service.url}${path}?${new URLSearchParams(given).toString()}`);
    const body = (await response.json()) as Json;
    if (response.status !== 200) throw new Error(JSON.stringify(body));
    return body;
  };

  it('of any page, window, class of device, user and grid', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.array(question, { minLength: 2, maxLength: 4 }), async (recorded, questions) => {
        await service.sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m');
        await recordRows(service.store, recorded);
        for (const { one, other, page, device, user, ...grid } of questions) {
          const [from, to] = [Math.min(one, other), Math.max(one, other)];
          const query = { page_url: page, from, to, device, user_id: user, ...grid };
          const answer = await get('/api/heatmap/summary', query);
          const expected = recount.summary(recorded, { page, from, to, device, user, ...grid });
          expect(answer).toMatchObject({
            ...expected,
            window: { from: new Date(from).toISOString(), to: new Date(to).toISOString() },
            exact: true,
          });
          const without = await get('/api/heatmap/summary', { ...query, elements: 'false', events: 0 });
          expect(without).toMatchObject({ grid: expected.grid, reach: expected.reach, elements: null, events: [] });
          const { pages } = await get('/api/heatmap/pages', { from, to });
          expect(pages).toEqual(recount.pages(recorded, from, to));
        }
      }),
      { numRuns: 60 },
    );
  }, 240_000);

  it('of more elements than are shown', async () => {
    await service.sql.query('truncate events, event_identity, event_counts_2s, event_counts_15m');
    const many = Array.from({ length: 230 }, (_, n): Row => ({
      event_type: 'click',
      event_id: testUuid(n),
      timestamp: MONDAY,
      url: PAGES[0],
      x: 0.5,
      y: 0.5,
      target: { selector: `#e${n % 115}` },
    }));
    await recordRows(service.store, many);
    const asked = { page: PAGES[0]!, from: MONDAY - DAY, to: MONDAY, rows: 20, columns: 20 };
    const answer = await get('/api/heatmap/summary', { page_url: PAGES[0], from: asked.from, to: asked.to });
    expect(answer).toMatchObject(recount.summary(many, asked));
    expect(answer.rest_of_elements).toEqual({ elements: 15, clicks: 30 });
  });
});
