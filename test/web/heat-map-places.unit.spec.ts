import { readFileSync } from 'node:fs';
import type { HeatmapSummary } from '../../src/heatmap/application/answers/summary.answer.js';
import { coarser } from '../../src/web/app/src/views/heatmap/map/cells.js';
import {
  framedBy,
  framesOf,
  letsFrame,
  sandboxOf,
  SILENT_FRAME,
} from '../../src/web/app/src/views/heatmap/map/frame.js';
import { drawn, placeOf } from '../../src/web/app/src/views/heatmap/map/layers.js';
import { outlines } from '../../src/web/app/src/views/heatmap/map/outlines.js';
import { type ShownPage, vanishedFrom } from '../../src/web/app/src/views/heatmap/map/projection.js';
import { typicalPage } from '../../src/web/app/src/views/heatmap/map/typical-page.js';

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
  Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (__, column) => clicks[`${row},${column}`] ?? 0),
  );

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
          : selector === '#once'
            ? { left: 100, top: 100, width: 100, height: 100 }
            : null,
  };

  const details = {
    elements: [
      { selector: '#buy', clicks: 4, fixed_clicks: 0, places: [{ x: 0.25, y: 0.55, clicks: 4 }] },
      { selector: '#gone', clicks: 1, fixed_clicks: 0, places: [{ x: 0.55, y: 0.55, clicks: 1 }] },
      {
        selector: '#once',
        clicks: 8,
        fixed_clicks: 2,
        places: [
          { x: 0.05, y: 0.95, clicks: 4 },
          { x: 0.95, y: 0.05, clicks: 4 },
        ],
      },
      { selector: '#cart', clicks: 2, fixed_clicks: 2, places: [{ x: 0.55, y: 0.55, clicks: 2 }] },
    ],
    rest_of_elements: { elements: 0, clicks: 0 },
  } as unknown as HeatmapSummary;
  const sum = (points: readonly { readonly clicks: number }[]) => points.reduce((all, { clicks }) => all + clicks, 0);

  it('is every click of the document, at its fraction, where the page cannot be looked into', () => {
    const { points, grid, clicks, matched } = drawn(summary, 'heat', null, details);
    expect(sum(points)).toBe(14);
    expect(points).toContainEqual(expect.objectContaining({ x: 0.105, y: 0.205, clicks: 4 }));
    expect(points).toContainEqual(expect.objectContaining({ x: 0.705, y: 0.705, clicks: 8 }));
    expect([grid[4]![2], clicks, matched]).toEqual([4, 14, 0]);
  });

  it('stands on the elements that were hit where it can; what the page no longer has is drawn nowhere, and named', () => {
    const { points, grid, matched } = drawn(summary, 'heat', page, details);
    expect(points).toContainEqual({ x: 0.3, y: 0.525, clicks: 4 });
    // What names no element, 3 of 14, is where it was; what none of the newest hit is where in its element it was before.
    expect(points).toContainEqual({ x: 0.905, y: 0.905, clicks: 3 });
    expect(points).toContainEqual({
      x: expect.closeTo(0.105, 9) as number,
      y: expect.closeTo(0.0975, 9) as number,
      clicks: 3,
    });
    expect([sum(points), matched]).toEqual([13, 10]);
    expect([grid[10]![6], grid[10]![10]]).toEqual([4, 0]);
    expect(vanishedFrom(page, details.elements!).map(({ selector }) => selector)).toEqual(['#gone']);
  });

  it('is the newest alone while it is not known what was hit', () => {
    const { points } = drawn(summary, 'heat', page);
    expect(points).toEqual([
      { x: 0.3, y: 0.525, clicks: 1 },
      { x: 0.905, y: 0.905, clicks: 1 },
    ]);
  });

  it('is of fixed elements where they were in the window, whatever the page was scrolled', () => {
    const { points, clicks } = drawn(summary, 'fixed');
    expect(points).toEqual([{ x: 0.905, y: expect.closeTo(0.22, 6) as number, clicks: 1 }]);
    expect(clicks).toBe(3);
    // It stands for both that hit the same.
    expect(drawn(summary, 'fixed', null, details).points).toEqual([expect.objectContaining({ x: 0.905, clicks: 2 })]);
    expect(drawn(summary, 'fixed', page, details).points).toContainEqual({ x: 0.95, y: 0.0125, clicks: 2 });
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
    expect(typicalPage(seen, null)).toEqual({
      width: 1440,
      documentWidth: 1440,
      viewportHeight: 900,
      height: 3600,
      fold: 0.25,
    });
  });

  it('is of a usual size where they do not say', () => {
    const silent = click({ viewport_width: null, viewport_height: null, document_width: null, document_height: null });
    const usual = { width: 390, documentWidth: 390, viewportHeight: 800, height: null, fold: null };
    expect(typicalPage([silent], 'phone')).toEqual(usual);
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

describe('where a page is shown from', () => {
  const OWN = 'https://stats.example';
  const SHOP = 'https://shop.example';
  const framed = (page: string, listed: readonly string[] = [SHOP], own = OWN) =>
    framesOf(page, own, listed).map(({ address, own: ours }) => [address, ours]);

  it.each([
    [`${SHOP}/a?id=1`, [[`${SHOP}/a?id=1`, false]]],
    [`${OWN}/a`, [[`${OWN}/a`, true]]],
    [
      '/a?b',
      [
        [`${OWN}/a?b`, true],
        [`${SHOP}/a?b`, false],
      ],
    ],
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
    expect(
      framedBy("default-src 'none'; frame-src 'self' https://a.example http://b.example:8080; base-uri 'none'"),
    ).toEqual(['https://a.example', 'http://b.example:8080']);
    expect(framedBy("default-src 'none'")).toEqual([]);
  });

  it('a page of ours is shown where it is one, and lets itself', () => {
    const page = (more: Record<string, string>) =>
      letsFrame(new Headers({ 'content-type': 'text/html; charset=utf-8', ...more }));
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
