import { readFileSync } from 'node:fs';
import type { HeatmapSummary } from '../../src/heatmap/application/answers/summary.answer.js';
import { binned, cellOf, coarser, type Grid, nextCell, weighted } from '../../src/web/app/src/views/heatmap/map/cells.js';
import { colourAt, heatOf, ticksOf, topOf } from '../../src/web/app/src/views/heatmap/map/colour-scale.js';
import { densityOf, painted } from '../../src/web/app/src/views/heatmap/map/density.js';
import { framedBy, framesOf, letsFrame, sandboxOf, SILENT_FRAME } from '../../src/web/app/src/views/heatmap/map/frame.js';
import { drawn, placeOf } from '../../src/web/app/src/views/heatmap/map/layers.js';
import { outlines } from '../../src/web/app/src/views/heatmap/map/outlines.js';
import { goneFrom, type ShownPage } from '../../src/web/app/src/views/heatmap/map/projection.js';
import { typicalPage } from '../../src/web/app/src/views/heatmap/map/typical-page.js';
import { cellText, readFilters } from '../../src/web/app/src/views/heatmap/reading/filters.js';
import { medianReach } from '../../src/web/app/src/views/heatmap/reading/median-reach.js';

type Click = HeatmapSummary['events'][number];

const click = (fields: Partial<Click>): Click => ({
  x: 0.5,
  y: 0.5,
  viewport_width: 1440,
  viewport_height: 900,
  document_width: 1440,
  document_height: 3600,
  scroll_y: 0,
  fixed: false,
  target: null,
  occurred_at: '2026-01-15T12:00:00.000Z',
  ...fields,
});
const gridOf = (size: number, clicks: Readonly<Record<string, number>>): number[][] =>
  Array.from({ length: size }, (_, row) => Array.from({ length: size }, (__, column) => clicks[`${row},${column}`] ?? 0));

describe('the filters of the heat map', () => {
  const read = (query: string) => readFilters(new URLSearchParams(query));

  it('stand in the address, all of them', () => {
    const query =
      'page_url=https://shop.example/a?id=1&device=tablet&layer=fixed&transparency=60&user_id=ana&cell=4,12&page=wireframe';
    expect(read(query.replace('?', '%3F'))).toEqual({
      page: 'https://shop.example/a?id=1',
      device: 'tablet',
      layer: 'fixed',
      transparency: 60,
      user: 'ana',
      cell: { row: 3, column: 11 },
      wireframe: true,
    });
    expect(cellText({ row: 3, column: 11 })).toBe('4,12');
  });

  it.each(['', 'page_url=&device=watch&layer=3d&transparency=x&user_id=&cell=0,1&page=', 'cell=a,b', 'cell=-1,2'])(
    'are as good as absent where they are none: %p',
    (query) => {
      const none = { page: null, device: null, layer: 'heat', transparency: 20, user: null, cell: null, wireframe: false };
      expect(read(query)).toEqual(none);
    },
  );

  it('keep to their range', () => {
    expect([read('transparency=400').transparency, read('transparency=-3').transparency]).toEqual([90, 0]);
  });
});

describe('the cells of the heat map', () => {
  it('hold their upper and left border, the last also the end', () => {
    const at = (x: number, y: number) => Object.values(cellOf({ x, y }, 20, 20));
    expect([at(0, 0), at(0.05, 0.1), at(0.0499, 0.0999), at(1, 1), at(0.999, 1)]).toEqual([
      [0, 0],
      [2, 1],
      [1, 0],
      [19, 19],
      [19, 19],
    ]);
  });

  it('are sums of finer ones, nothing lost', () => {
    const fine = gridOf(100, { '0,0': 3, '4,4': 4, '5,4': 1, '99,99': 2, '52,17': 9 });
    const shown = coarser(fine);
    expect([shown.length, shown[0]!.length]).toEqual([20, 20]);
    expect([shown[0]![0], shown[1]![0], shown[19]![19], shown[10]![3]]).toEqual([7, 1, 2, 9]);
    expect(shown.flat().reduce((sum, clicks) => sum + clicks)).toBe(19);
  });

  it('spread their clicks over the newest of them, which are known; without one they are in the middle', () => {
    const grid = gridOf(100, { '10,20': 6, '50,50': 5 });
    const known = [
      { x: 0.201, y: 0.101 },
      { x: 0.209, y: 0.109 },
    ];
    expect(weighted(grid, known)).toEqual([
      { x: 0.201, y: 0.101, clicks: 3, of: known[0] },
      { x: 0.209, y: 0.109, clicks: 3, of: known[1] },
      { x: 0.505, y: 0.505, clicks: 5, of: null },
    ]);
    expect(binned(weighted(grid, known))).toEqual(coarser(grid));
  });

  it('are walked by arrows from one with clicks to the next', () => {
    const grid: Grid = [
      [1, 0, 0, 2],
      [0, 0, 0, 0],
      [0, 3, 0, 0],
    ];
    const from = (row: number, column: number, step: readonly [number, number]) => nextCell(grid, { row, column }, step);
    expect(from(0, 0, [0, 1])).toEqual({ row: 0, column: 3 });
    expect(from(0, 3, [1, 0])).toEqual({ row: 2, column: 1 });
    expect(from(2, 1, [-1, 0])).toEqual({ row: 0, column: 0 });
    expect(from(0, 0, [0, -1])).toBeNull();
  });
});

describe('the density of clicks', () => {
  it('is 1 where one click was, less and less around it, nothing beyond the radius', () => {
    const { values, most } = densityOf([{ x: 0.25, y: 0.5, clicks: 1 }], 80, 40, 10);
    const at = (column: number, row: number) => values[row * 80 + column]!;
    expect([most, at(20, 20)]).toEqual([1, 1]);
    expect(at(25, 20)).toBeCloseTo((1 - 0.25) ** 2, 6);
    expect(at(15, 20)).toBe(at(25, 20));
    expect(at(20, 15)).toBe(at(25, 20));
    expect([at(30, 20), at(60, 20)]).toEqual([0, 0]);
  });

  it('adds up, and is cut at the edges only', () => {
    const { values, most } = densityOf(
      [
        { x: 0, y: 0, clicks: 2 },
        { x: 0, y: 0, clicks: 3 },
        { x: 1, y: 1, clicks: 1 },
      ],
      50,
      30,
      8,
    );
    expect([most, values[0]]).toEqual([5, 5]);
    expect(values.at(-1)).toBeGreaterThan(0.9);
  });

  it('is painted from blue to red, and leaves the rest to the page', () => {
    const density = densityOf(
      [
        { x: 0.25, y: 0.5, clicks: 1 },
        { x: 0.75, y: 0.5, clicks: 100 },
      ],
      200,
      40,
      10,
    );
    const pixels = painted(density, 100);
    const at = (column: number) => [...pixels.slice((20 * 200 + column) * 4, (20 * 200 + column) * 4 + 4)];
    const [few, many, none] = [at(50), at(150), at(100)];
    expect(few[2]!).toBeGreaterThan(few[0]!);
    expect(many.slice(0, 3)).toEqual([...colourAt(1)]);
    expect([many[3], none]).toEqual([255, [0, 0, 0, 0]]);
    expect(few[3]!).toBeLessThan(many[3]!);
  });
});

describe('the scale of colours', () => {
  it('ends at the most clicks, but a page with one is no fire', () => {
    expect([topOf(1), topOf(184)]).toEqual([5, 184]);
    expect(heatOf(1, topOf(1))).toBeLessThan(0.5);
    expect([heatOf(0, 184), heatOf(184, 184), heatOf(400, 184)]).toEqual([0, 1, 1]);
  });

  it.each([5, 12, 184, 10_146, 1_000_000])('up to %p it has few figures, each in its place', (top) => {
    const ticks = ticksOf(top);
    expect([ticks[0]!.clicks, ticks.at(-1)]).toEqual([1, { clicks: top, at: 1 }]);
    expect(ticks.length).toBeLessThan(8);
    for (const { clicks, at } of ticks) expect(at).toBeCloseTo(heatOf(clicks, top), 9);
    const places = ticks.map(({ at }) => at);
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });
});

describe('what is drawn of a layer', () => {
  const hit = (selector: string | null, x: number | null = 0.5, y: number | null = 0.5) => ({ selector, x, y });
  const events = [
    click({ x: 0.105, y: 0.205, target: hit('#buy', 0.25, 0.5) }),
    click({ x: 0.5, y: 0.5, target: hit('#gone') }),
    click({ x: 0.905, y: 0.905 }),
    click({ x: 0.905, y: 0.105, scroll_y: 180, fixed: true, target: hit('#cart') }),
    click({ x: 0.5, y: 0.5, fixed: true, scroll_y: null }),
  ];
  const summary = {
    grid: gridOf(100, { '20,10': 4, '50,50': 1, '90,90': 1, '70,70': 8 }),
    total_clicks: 14,
    fixed: { grid: [], total_clicks: 3 },
    events,
  } as unknown as HeatmapSummary;
  const page: ShownPage = {
    width: 1000,
    height: 2000,
    boxOf: (selector) =>
      selector === '#buy'
        ? { left: 200, top: 1000, width: 400, height: 100 }
        : selector === '#cart'
          ? { left: 900, top: 0, width: 100, height: 50 }
          : null,
  };

  it('is every click of the document, at its fraction, where the page cannot be looked into', () => {
    const { points, grid, clicks, matched } = drawn(summary, 'heat', null);
    expect(points.reduce((sum, point) => sum + point.clicks, 0)).toBe(14);
    expect(points).toContainEqual({ x: 0.105, y: 0.205, clicks: 4 });
    expect(points).toContainEqual({ x: 0.705, y: 0.705, clicks: 8, });
    expect([grid[4]![2], clicks, matched]).toEqual([4, 14, 0]);
  });

  it('stands on the elements that were hit where it can; what the page no longer has is drawn nowhere, and named', () => {
    const { points, grid, matched } = drawn(summary, 'heat', page);
    expect(points).toContainEqual({ x: 0.3, y: 0.525, clicks: 4 });
    expect(points).toContainEqual({ x: 0.905, y: 0.905, clicks: 1 });
    expect(points).not.toContainEqual(expect.objectContaining({ x: 0.5, y: 0.5 }));
    expect([grid[10]![6], grid[10]![10], matched]).toEqual([4, 0, 1]);
    const elements = [
      { selector: '#buy', clicks: 4 },
      { selector: '#gone', clicks: 1 },
    ];
    expect(goneFrom(page, elements)).toEqual([elements[1]]);
  });

  it('is of fixed elements where they were in the window, whatever the page was scrolled', () => {
    const { points, clicks } = drawn(summary, 'fixed', null);
    expect(points).toEqual([{ x: 0.905, y: expect.closeTo(0.22, 6) as number, clicks: 1 }]);
    expect(clicks).toBe(3);
    const onPage = drawn(summary, 'fixed', page);
    expect(onPage.points).toEqual([{ x: 0.95, y: 0.0125, clicks: 1 }]);
  });

  it('is of the grid what was counted, wherever elements are now', () => {
    expect(drawn(summary, 'grid', page).grid).toEqual(coarser(summary.grid));
    expect(placeOf(events[0]!, 'grid', page)).toEqual({ x: 0.105, y: 0.205 });
    expect(placeOf(events[1]!, 'heat', page)).toBeNull();
  });
});

describe('the page that clicks tell of', () => {
  it('is as most saw it, and its first screen ends at the fold', () => {
    const seen = [
      click({ document_height: 3000 }),
      click({ document_height: 3600 }),
      click({ document_height: 4000, viewport_width: 1500 }),
      click({ document_height: 9000, viewport_width: 390, viewport_height: 800 }),
    ];
    expect(typicalPage(seen, null)).toEqual({ width: 1440, viewportHeight: 900, height: 3600, fold: 0.25 });
  });

  it('is of a usual size where they do not say', () => {
    const silent = click({ viewport_width: null, viewport_height: null, document_height: null });
    expect(typicalPage([silent], 'phone')).toEqual({ width: 390, viewportHeight: 800, height: null, fold: null });
    expect(typicalPage([], null).width).toBe(1440);
  });

  it('shows the elements that were hit, from where in them it was', () => {
    const on = (x: number, y: number) =>
      click({ x: 0.2 + 0.4 * x, y: 0.1 + 0.05 * y, target: { selector: '#buy', x, y } });
    const found = outlines([on(0.1, 0.2), on(0.9, 0.3), on(0.5, 0.8)]).get('#buy')!;
    expect(found.left).toBeCloseTo(0.2, 9);
    expect(found.width).toBeCloseTo(0.4, 9);
    expect(found.top).toBeCloseTo(0.1, 9);
    expect(found.height).toBeCloseTo(0.05, 9);
  });

  it('shows none that moved, and none of which too little is known', () => {
    const at = (x: number, part: number) => click({ x, target: { selector: '#a', x: part, y: part } });
    expect(outlines([at(0.1, 0.1), at(0.9, 0.5), at(0.2, 0.9)]).size).toBe(0);
    expect(outlines([at(0.1, 0.1), at(0.2, 0.9)]).size).toBe(0);
    expect(outlines([at(0.1, 0.5), at(0.1, 0.5), at(0.1, 0.5)]).size).toBe(0);
  });
});

describe('how far half of the views got', () => {
  const reach = (...shares: number[]) => shares.map((share, at) => ({ depth: (at + 1) / shares.length, share }));
  it.each([
    [reach(1, 1, 0.75, 0.25), 0.625],
    [reach(1, 1, 1, 1), 1],
    [reach(0.5, 0.25, 0, 0), 0.25],
    [reach(0.25, 0, 0, 0), 0.25 * (0.5 / 0.75)],
    [reach(0, 0, 0, 0), null],
    [[], null],
  ])('%j: %p', (of, median) => {
    if (median === null) expect(medianReach(of)).toBeNull();
    else expect(medianReach(of)).toBeCloseTo(median, 9);
  });
});

describe('where a page is shown from', () => {
  const OWN = 'https://stats.example';
  const SHOP = 'https://shop.example';
  const framed = (page: string, listed: readonly string[] = [SHOP], own = OWN) =>
    framesOf(page, own, listed).map(({ address, own: ours }) => [address, ours]);

  it.each([
    [`${SHOP}/a?id=1`, [[`${SHOP}/a?id=1`, false]]],
    [`${OWN}/a`, [[`${OWN}/a`, true]]],
    ['/a?b', [[`${OWN}/a?b`, true], [`${SHOP}/a?b`, false]]],
    ['https://other.example/a', []],
    ['https://shop.example.evil.test/', []],
    ['https://shop.example@evil.test/', []],
    ['https://user:pw@shop.example/', []],
    ['http://shop.example/', []],
    ['//shop.example/a', []],
    ['/\\shop.example/a', []],
    ['javascript:alert(1)', []],
    ['data:text/html,x', []],
    ['albums', []],
    ['https://', []],
  ])('%p', (page, expected) => {
    expect(framed(page)).toEqual(expected);
  });

  it('no page that came encrypted shows one that did not', () => {
    expect(framed('http://shop.example/', ['http://shop.example'])).toEqual([]);
    expect(framed('http://shop.example/', ['http://shop.example'], 'http://stats.example')).toHaveLength(1);
  });

  it('a path is of ours alone where several others are listed', () => {
    expect(framed('/a', [SHOP, 'https://b.example'])).toEqual([[`${OWN}/a`, true]]);
    expect(framed('/a', [OWN])).toEqual([[`${OWN}/a`, true]]);
  });

  it('says the policy of this page, which the browser obeys', () => {
    expect(framedBy("default-src 'none'; frame-src 'self' https://a.example http://b.example:8080; base-uri 'none'")).toEqual([
      'https://a.example',
      'http://b.example:8080',
    ]);
    expect(framedBy("default-src 'none'")).toEqual([]);
  });

  it('a page of ours is shown where it is one, and lets itself', () => {
    const page = (more: Record<string, string>) => letsFrame(new Headers({ 'content-type': 'text/html; charset=utf-8', ...more }));
    expect(page({})).toBe(true);
    expect(page({ 'x-frame-options': 'SAMEORIGIN', 'content-security-policy': "frame-ancestors 'self'" })).toBe(true);
    expect(page({ 'content-type': 'application/json' })).toBe(false);
    expect(page({ 'x-frame-options': 'DENY' })).toBe(false);
    expect(page({ 'content-security-policy': "default-src 'none'; frame-ancestors 'none'" })).toBe(false);
  });

  it('runs no script where it could do what we may, and opens, sends and leads away nowhere', () => {
    expect(sandboxOf({ address: OWN, own: true })).toBe('allow-same-origin');
    expect(sandboxOf({ address: SHOP, own: false })).toBe('allow-scripts allow-same-origin');
    // The tracker inside knows it by this name.
    expect(readFileSync('src/client/tracker/tracker.ts', 'utf8')).toContain(`SILENT_FRAME = '${SILENT_FRAME}'`);
  });
});
