import { ApiDocument } from '../support/api-document.js';
import { TEST_TIME, testUuid } from '../support/events.js';
import { recordRows, type Row } from '../support/record-rows.js';
import { useService } from '../support/used-service.js';

const PAGE = '/albums/avengers';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SUMMARY = '/api/heatmap/summary';

type Json = Record<string, unknown>;

const base = (n: number, ago: number): Row => ({
  event_type: 'click',
  event_id: testUuid(n),
  timestamp: TEST_TIME - ago,
  url: PAGE,
});
const place = { x: 0.45, y: 0.3 };
/** Each line is one thing that the summary must tell apart. */
const ROWS: readonly Row[] = [
  { ...base(1, HOUR), ...place, viewport_width: 1440, viewport_height: 900, document_height: 1800, scroll_y: 350 },
  {
    ...base(2, 2 * HOUR),
    ...place,
    viewport_width: 599,
    scroll_y: 500,
    target: { selector: '#buy', x: 0.55, y: 0.05 },
  },
  { ...base(3, 3 * HOUR), x: 1, y: 1, viewport_width: 600, user_id: 'ada' },
  { ...base(4, 4 * HOUR), x: 0, y: 0, viewport_width: 1024, target: { selector: '#menu', fixed: true } },
  { ...base(5, 5 * HOUR) }, // says no place
  { ...base(6, 6 * HOUR), ...place, reaction: 'cheers' }, // a vote
  { ...base(7, 8 * DAY), ...place }, // before the usual window
  { ...base(8, HOUR), ...place, url: '/other' },
  { ...base(10, 5 * HOUR), interaction: 'view', view_id: 'v-1', viewport_width: 1440 },
  { ...base(11, 5 * HOUR), interaction: 'view', view_id: 'v-1', scroll_depth: 0.1, viewport_width: 1440 }, // told twice
  { ...base(12, 4 * HOUR), interaction: 'scroll', view_id: 'v-1', scroll_depth: 0.5 },
  { ...base(13, 3 * HOUR), interaction: 'scroll', view_id: 'v-1', scroll_depth: 0.4 }, // less deep
  { ...base(14, 5 * HOUR), interaction: 'view', view_id: 'v-2', viewport_width: 320 }, // never told how deep
  { ...base(15, 7 * DAY - HOUR), interaction: 'view', view_id: 'v-3', scroll_depth: 0.2 },
  { ...base(16, 6 * DAY - HOUR), interaction: 'scroll', view_id: 'v-3', scroll_depth: 0.3 }, // 24 h later, to the millisecond
  { ...base(17, 6 * DAY - HOUR - 1), interaction: 'scroll', view_id: 'v-3', scroll_depth: 0.9 }, // a millisecond too late
  { ...base(18, HOUR), interaction: 'scroll', view_id: 'v-4', scroll_depth: 0.9 }, // of a view that nobody told of
];

describe('the heat map', () => {
  const service = useService();

  beforeAll(async () => {
    await recordRows(service.store, ROWS);
  });

  const get = async (path: string, query: Record<string, string> = {}) => {
    const response = await fetch(`${service.url}${path}?${new URLSearchParams(query).toString()}`);
    return { status: response.status, body: (await response.json()) as Json };
  };
  const summary = async (query: Record<string, string> = {}) => {
    const { status, body } = await get(SUMMARY, { page_url: PAGE, ...query });
    expect([status, body.code]).toEqual([200, undefined]);
    return body;
  };
  const cells = (grid: unknown) =>
    (grid as number[][]).flatMap((line, row) =>
      line.flatMap((clicks, column) => (clicks ? [[row, column, clicks]] : [])),
    );

  it('grid[row][column], 20 × 20, of the last 7 days; what stays in place is a layer of its own; votes and views are no clicks', async () => {
    const answer = await summary();
    const { grid, fixed } = answer as { grid: number[][]; fixed: { grid: number[][] } };
    expect([grid.length, grid[0]?.length, fixed.grid.length]).toEqual([20, 20, 20]);
    expect(cells(grid)).toEqual([
      [6, 9, 2],
      [19, 19, 1],
    ]);
    expect(cells(fixed.grid)).toEqual([[0, 0, 1]]);
    expect(answer).toMatchObject({
      page_url: PAGE,
      period: '7d',
      window: { from: '2026-01-08T12:00:00.000Z', to: '2026-01-15T12:00:00.000Z' },
      device: null,
      user_id: null,
      rows: 20,
      columns: 20,
      total_clicks: 3,
      fixed: { total_clicks: 1 },
      clicks_without_position: 1,
      exact: true,
    });
  });

  it.each([
    [5, 100],
    [100, 5],
    [7, 20],
  ])('rows %i, columns %i', async (rows, columns) => {
    const { grid } = await summary({ rows: String(rows), columns: String(columns) });
    expect([(grid as number[][]).length, (grid as number[][])[0]!.length]).toEqual([rows, columns]);
    expect(cells(grid)).toContainEqual([rows - 1, columns - 1, 1]);
  });

  it('views, those without a depth, and the reach of the others: their greatest depth up to 24 hours after', async () => {
    const answer = await summary();
    expect(answer).toMatchObject({ views: 3, views_without_depth: 1 });
    const reach = answer.reach as { depth: number; share: number }[];
    expect(reach.map(({ depth }) => depth)).toEqual(Array.from({ length: 20 }, (_, n) => (n + 1) / 20));
    expect(reach.map(({ share }) => share)).toEqual([
      ...Array<number>(6).fill(1),
      ...Array<number>(4).fill(0.5),
      ...Array<number>(10).fill(0),
    ]);
  });

  it('the distribution of scroll_y by 500 pixels', async () => {
    expect(await summary()).toMatchObject({
      scroll_distribution: [
        { from: 0, to: 500, clicks: 1 },
        { from: 500, to: 1000, clicks: 1 },
      ],
      clicks_without_scroll: 3,
    });
  });

  it('elements, sessions and the fold; without them when not asked for', async () => {
    expect(await summary()).toMatchObject({
      elements: [
        { selector: '#buy', clicks: 1, fixed_clicks: 0, places: [{ x: 0.55, y: 0.05, clicks: 1 }] },
        { selector: '#menu', clicks: 1, fixed_clicks: 1, places: [] },
      ],
      rest_of_elements: { elements: 0, clicks: 0 },
      clicks_without_element: 3,
      sessions: 0,
      clicks_above_fold: 1,
      clicks_with_fold: 1,
    });
    const nothing = { elements: null, rest_of_elements: null, sessions: null, clicks_above_fold: null };
    expect(await summary({ elements: 'false' })).toMatchObject({ ...nothing, total_clicks: 3 });
  });

  it('the newest clicks of both layers, newest first', async () => {
    const { events } = await summary();
    expect(events).toEqual([
      expect.objectContaining({
        x: 0.45,
        viewport_width: 1440,
        fixed: false,
        target: null,
        occurred_at: '2026-01-15T11:00:00.000Z',
      }),
      expect.objectContaining({ viewport_width: 599, target: { selector: '#buy', x: 0.55, y: 0.05 } }),
      expect.objectContaining({ x: 1, viewport_width: 600 }),
      expect.objectContaining({ x: 0, fixed: true, target: { selector: '#menu', x: null, y: null } }),
    ]);
    expect(((await summary({ events: '2' })).events as unknown[]).length).toBe(2);
  });

  it.each([
    ['phone', 1, 0, 0],
    ['tablet', 1, 0, 0],
    ['desktop', 1, 1, 0],
  ])('device=%s is that class alone', async (device, placed, fixed, unplaced) => {
    const answer = await summary({ device });
    expect(answer).toMatchObject({
      device,
      total_clicks: placed,
      fixed: { total_clicks: fixed },
      clicks_without_position: unplaced,
    });
    const others = (answer.devices as { device: string; clicks: number }[]).filter((one) => one.device !== device);
    expect(others.map(({ clicks }) => clicks)).toEqual([0, 0, 0]);
  });

  it('without device all are mixed, and the answer says what is in it', async () => {
    expect((await summary()).devices).toEqual([
      { device: 'phone', clicks: 1, views: 1 },
      { device: 'tablet', clicks: 1, views: 0 },
      { device: 'desktop', clicks: 2, views: 1 },
      { device: 'unknown', clicks: 1, views: 1 },
    ]);
  });

  it('by user, by period, by range', async () => {
    expect(await summary({ user_id: 'ada' })).toMatchObject({ user_id: 'ada', total_clicks: 1, views: 0 });
    expect(await summary({ period: '1h' })).toMatchObject({ period: '1h', total_clicks: 0, views: 0 });
    const range = { from: '2026-01-07T00:00:00Z', to: '2026-01-15T09:00:00Z' };
    expect(await summary(range)).toMatchObject({ period: null, total_clicks: 2, fixed: { total_clicks: 1 } });
  });

  it('a page that nobody knows is empty, and a page is its address to the character', async () => {
    for (const page_url of ['/nowhere', `${PAGE}/`, PAGE.toUpperCase()])
      expect(await summary({ page_url })).toMatchObject({
        total_clicks: 0,
        views: 0,
        scroll_distribution: [],
        events: [],
        elements: [],
      });
  });

  it('pages: most clicks first', async () => {
    expect((await get('/api/heatmap/pages')).body).toMatchObject({
      pages: [
        { page_url: PAGE, clicks: 5, views: 3 },
        { page_url: '/other', clicks: 1, views: 0 },
      ],
      rest: { pages: 0, clicks: 0 },
    });
    expect((await get('/api/heatmap/pages', { limit: '1' })).body).toMatchObject({
      pages: [{ page_url: PAGE }],
      rest: { pages: 1, clicks: 1 },
    });
  });

  it.each<[Record<string, string>, string, string]>([
    [{}, 'invalid_request', 'page_url'],
    [{ page_url: '' }, 'invalid_request', 'page_url'],
    [{ page_url: 'a\0b' }, 'invalid_request', 'page_url'],
    [{ page_url: 'x'.repeat(2049) }, 'invalid_request', 'page_url'],
    [{ page_url: PAGE, rows: '4' }, 'invalid_request', 'rows'],
    [{ page_url: PAGE, rows: '101' }, 'invalid_request', 'rows'],
    [{ page_url: PAGE, columns: '20.5' }, 'invalid_request', 'columns'],
    [{ page_url: PAGE, columns: '1e2' }, 'invalid_request', 'columns'],
    [{ page_url: PAGE, columns: '20; drop table events' }, 'invalid_request', 'columns'],
    [{ page_url: PAGE, device: 'watch' }, 'invalid_request', 'device'],
    [{ page_url: PAGE, device: '' }, 'invalid_request', 'device'],
    [{ page_url: PAGE, elements: 'yes' }, 'invalid_request', 'elements'],
    [{ page_url: PAGE, events: '1001' }, 'invalid_request', 'events'],
    [{ page_url: PAGE, events: '-1' }, 'invalid_request', 'events'],
    [{ page_url: PAGE, user_id: 'u'.repeat(256) }, 'invalid_request', 'user_id'],
    [{ page_url: PAGE, period: '30d' }, 'invalid_request', 'period'],
    [{ page_url: PAGE, from: 'yesterday' }, 'invalid_time_range', 'from'],
    [{ page_url: PAGE, from: '1763800000' }, 'invalid_time_range', 'from'],
    [{ page_url: PAGE, from: '2000-01-01T00:00:00Z' }, 'range_too_long', 'from'],
  ])('%j is refused: %s, %s', async (query, code, field) => {
    expect(await get(SUMMARY, query)).toMatchObject({ status: 400, body: { code, errors: [{ field }] } });
  });

  it.each([`'; drop table events; --`, '$1', '%', '\\', `/${'語'.repeat(2047)}`, '<script>', '\u202e'])(
    'the page and the user %j are text and nothing else',
    async (text) => {
      expect(await summary({ page_url: text, user_id: text.slice(0, 255) })).toMatchObject({
        page_url: text,
        total_clicks: 0,
      });
    },
  );

  it('answers as the API document says', async () => {
    const document = new ApiDocument((await (await fetch(`${service.url}/docs-json`)).json()) as Json);
    for (const path of [SUMMARY, '/api/heatmap/pages']) {
      const operation = document.operations().find((one) => one.path === path && one.method === 'get');
      const schema = operation?.responses['200']?.content?.['application/json']?.schema;
      for (const query of [{}, { elements: 'false', events: '0' }]) {
        const { body } = await get(path, { page_url: PAGE, ...query } as Record<string, string>);
        expect([path, document.errors(schema!, body)]).toEqual([path, []]);
      }
    }
    const pageUrl = document
      .operations()
      .find(({ path }) => path === SUMMARY)
      ?.parameters.find(({ name }) => name === 'page_url');
    expect(pageUrl?.required).toBe(true);
  });

  it('GET /events?page_url= are the clicks of a page, of both layers and without a place', async () => {
    const ids = async (query: Record<string, string>) =>
      ((await get('/events', { page_url: PAGE, limit: '100', ...query })).body.events as { event_id: string }[]).map(
        ({ event_id }) => event_id,
      );
    expect(await ids({})).toEqual([1, 2, 3, 4, 5, 6, 7].map(testUuid));
    expect(await ids({ interaction: 'view' })).toEqual([14, 11, 10, 15].map(testUuid));
    expect(await ids({ event_type: 'click' })).toHaveLength(16);
    const pages: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await get('/events', { page_url: PAGE, limit: '2', ...(cursor ? { cursor } : {}) });
      pages.push(...(body.events as { event_id: string }[]).map(({ event_id }) => event_id));
      cursor = body.next_cursor as string | null;
    }
    expect(pages).toEqual(await ids({}));
  });
});
