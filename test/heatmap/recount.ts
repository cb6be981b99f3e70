import type { Row } from '../support/record-rows.js';

/** The figures of a plain count over the rows of a test, in the words of the API: nothing here knows indexes, grids of code or SQL. */
export interface Asked {
  readonly page: string;
  readonly from: number;
  readonly to: number;
  readonly device?: string | undefined;
  readonly user?: string | undefined;
  readonly rows: number;
  readonly columns: number;
}

interface Target {
  readonly selector?: string;
  readonly x?: number;
  readonly y?: number;
  readonly fixed?: boolean;
}

const DAY = 86_400_000;
const DEVICES = ['phone', 'tablet', 'desktop', 'unknown'];
const targetOf = (row: Row) => row.target as Target | undefined;
const timeOf = (row: Row) => Number(row.timestamp);
const isClick = (row: Row) => row.event_type === 'click' && row.reaction === undefined && row.interaction === undefined;

function deviceOf(row: Row): string {
  const width = row.viewport_width as number | undefined;
  if (width === undefined) return 'unknown';
  return width < 600 ? 'phone' : width < 1024 ? 'tablet' : 'desktop';
}

const times = (n: number, value: (k: number) => unknown) => Array.from({ length: n }, (_, k) => value(k));

function gridOf(clicks: readonly Row[], { rows, columns }: Asked) {
  const inside = (click: Row, row: number, column: number) =>
    Math.min(Math.floor((click.y as number) * rows), rows - 1) === row &&
    Math.min(Math.floor((click.x as number) * columns), columns - 1) === column;
  return times(rows, (row) => times(columns, (column) => clicks.filter((click) => inside(click, row, column)).length));
}

const compared = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** All figures of a summary. */
export function summary(all: readonly Row[], asked: Asked) {
  const ofPage = all.filter(
    (row) => row.url === asked.page && (asked.user === undefined || row.user_id === asked.user),
  );
  const wanted = (row: Row) => asked.device === undefined || deviceOf(row) === asked.device;
  const inside = (row: Row) => timeOf(row) > asked.from && timeOf(row) <= asked.to;
  const clicks = ofPage.filter((row) => isClick(row) && inside(row) && wanted(row));
  const somewhere = clicks.filter(({ x }) => x !== undefined);
  const fixed = somewhere.filter((row) => targetOf(row)?.fixed === true);
  const placed = somewhere.filter((row) => !fixed.includes(row));

  const begun = ofPage.filter((row) => row.interaction === 'view' && inside(row) && wanted(row));
  const views = [...new Set(begun.map(({ view_id }) => view_id as string))].map((id) => {
    const own = begun.filter(({ view_id }) => view_id === id);
    const until = Math.min(...own.map(timeOf)) + DAY;
    const depths = ofPage
      .filter((row) => row.interaction !== undefined && row.view_id === id && row.scroll_depth !== undefined)
      .filter((row) => timeOf(row) > asked.from && timeOf(row) <= until)
      .map(({ scroll_depth }) => scroll_depth as number);
    const device = DEVICES.find((name) => own.some((row) => deviceOf(row) === name));
    return { device, depth: depths.length === 0 ? null : Math.max(...depths) };
  });
  const known = views.filter(({ depth }) => depth !== null);

  const bands = clicks.flatMap(({ scroll_y }) =>
    scroll_y === undefined ? [] : [Math.floor((scroll_y as number) / 500)],
  );
  const selectors = [...new Set(clicks.flatMap((row) => targetOf(row)?.selector ?? []))];
  const elements = selectors
    .map((selector) => {
      const own = clicks.filter((row) => targetOf(row)?.selector === selector);
      return {
        selector,
        clicks: own.length,
        fixed_clicks: own.filter((row) => fixed.includes(row)).length,
        places: placesIn(own),
      };
    })
    .sort((a, b) => b.clicks - a.clicks || compared(a.selector, b.selector));
  const withFold = placed.filter(
    ({ document_height, viewport_height }) => document_height !== undefined && viewport_height !== undefined,
  );
  return {
    page_url: asked.page,
    device: asked.device ?? null,
    user_id: asked.user ?? null,
    rows: asked.rows,
    columns: asked.columns,
    devices: DEVICES.map((device) => ({
      device,
      clicks: clicks.filter((row) => deviceOf(row) === device).length,
      views: views.filter((view) => view.device === device).length,
    })),
    grid: gridOf(placed, asked),
    total_clicks: placed.length,
    fixed: { grid: gridOf(fixed, asked), total_clicks: fixed.length },
    clicks_without_position: clicks.length - somewhere.length,
    views: views.length,
    views_without_depth: views.length - known.length,
    reach: times(20, (k) => {
      const depth = (k + 1) / 20;
      const share = known.filter((view) => view.depth! >= depth).length / known.length;
      return { depth, share: known.length === 0 ? 0 : Math.round(share * 10_000) / 10_000 };
    }),
    scroll_distribution: times(Math.max(-1, ...bands) + 1, (band) => ({
      from: band * 500,
      to: band * 500 + 500,
      clicks: bands.filter((one) => one === band).length,
    })),
    clicks_without_scroll: clicks.length - bands.length,
    elements: elements.slice(0, 100),
    rest_of_elements: {
      elements: Math.max(0, elements.length - 100),
      clicks: elements.slice(100).reduce((total, element) => total + element.clicks, 0),
    },
    clicks_without_element: clicks.filter((row) => targetOf(row)?.selector === undefined).length,
    sessions: new Set(clicks.flatMap(({ session_id }) => session_id ?? [])).size,
    clicks_above_fold: withFold.filter(
      (row) => (row.y as number) * (row.document_height as number) <= (row.viewport_height as number),
    ).length,
    clicks_with_fold: withFold.length,
    events: drawn(somewhere, fixed).slice(0, 1000),
  };
}

function placesIn(clicks: readonly Row[]) {
  const tenth = (value: number) => Math.min(Math.floor(value * 10), 9);
  const places = new Map<string, number>();
  for (const row of clicks) {
    const { x, y } = targetOf(row) ?? {};
    if (x === undefined || y === undefined) continue;
    const place = `${tenth(y)} ${tenth(x)}`;
    places.set(place, (places.get(place) ?? 0) + 1);
  }
  return [...places]
    .map(([place, count]) => ({ y: Number(place[0]), x: Number(place[2]), clicks: count }))
    .sort((a, b) => a.y - b.y || a.x - b.x)
    .map(({ x, y, clicks: count }) => ({ x: (x * 10 + 5) / 100, y: (y * 10 + 5) / 100, clicks: count }));
}

/** Newest first; of one millisecond by id, the greatest first. */
function drawn(clicks: readonly Row[], fixed: readonly Row[]) {
  const or = (value: unknown) => value ?? null;
  return [...clicks]
    .sort((a, b) => timeOf(b) - timeOf(a) || compared(b.event_id, a.event_id))
    .map((row) => {
      const target = targetOf(row);
      return {
        x: row.x,
        y: row.y,
        viewport_width: or(row.viewport_width),
        viewport_height: or(row.viewport_height),
        document_width: or(row.document_width),
        document_height: or(row.document_height),
        scroll_y: or(row.scroll_y),
        fixed: fixed.includes(row),
        target: target === undefined ? null : { selector: or(target.selector), x: or(target.x), y: or(target.y) },
        occurred_at: new Date(timeOf(row)).toISOString(),
      };
    });
}

/** Pages by clicks, of a window. */
export function pages(all: readonly Row[], from: number, to: number) {
  const inside = all.filter(
    (row) => timeOf(row) > from && timeOf(row) <= to && row.url !== undefined && row.event_type === 'click',
  );
  const ofPage = (url: string) => ({
    page_url: url,
    clicks: inside.filter((row) => row.url === url && isClick(row)).length,
    views: new Set(inside.filter((row) => row.url === url && row.interaction === 'view').map(({ view_id }) => view_id))
      .size,
  });
  return [...new Set(inside.map(({ url }) => url as string))]
    .map(ofPage)
    .filter(({ clicks, views }) => clicks > 0 || views > 0)
    .sort((a, b) => b.clicks - a.clicks || compared(a.page_url, b.page_url));
}
