import {
  binned,
  cellOf,
  coarser,
  type Grid,
  nextCell,
  weighted,
} from '../../src/web/app/src/views/heatmap/map/cells.js';
import { colourAt, heatOf, ticksOf, topOf } from '../../src/web/app/src/views/heatmap/map/colour-scale.js';
import { densityOf, painted } from '../../src/web/app/src/views/heatmap/map/density.js';
import { cellText, readFilters } from '../../src/web/app/src/views/heatmap/reading/filters.js';
import { medianReach } from '../../src/web/app/src/views/heatmap/reading/median-reach.js';

const gridOf = (size: number, clicks: Readonly<Record<string, number>>): number[][] =>
  Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (__, column) => clicks[`${row},${column}`] ?? 0),
  );

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
      const none = {
        page: null,
        device: null,
        layer: 'heat',
        transparency: 20,
        user: null,
        cell: null,
        wireframe: false,
      };
      expect(read(query)).toEqual(none);
    },
  );

  it('keep to their range', () => {
    expect([read('transparency=400').transparency, read('transparency=-3').transparency]).toEqual([90, 0]);
  });
});

describe('the cells of the heat map', () => {
  it('hold their upper and left border, the last also the end', () => {
    const at = (x: number, y: number) => {
      const { row, column } = cellOf({ x, y }, 20, 20);
      return [row, column];
    };
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
    const from = (row: number, column: number, step: readonly [number, number]) =>
      nextCell(grid, { row, column }, step);
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

describe('how far half of the views got', () => {
  const reach = (...shares: number[]) => shares.map((share, at) => ({ depth: (at + 1) / shares.length, share }));
  it.each([
    [reach(1, 1, 0.75, 0.25), 0.875],
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
