import { Grid } from '../../src/heatmap/domain/grid.js';
import { DEPTHS, reachOf } from '../../src/heatmap/domain/reach.js';
import { scrollDistribution } from '../../src/heatmap/domain/scroll-bands.js';

describe('a grid', () => {
  it('is rows of columns, from the top and from the left', () => {
    const counts = [
      { cell: 0, clicks: 1 },
      { cell: 4, clicks: 2 },
      { cell: 5, clicks: 3 },
    ];
    expect(new Grid(2, 3).filled(counts)).toEqual([
      [1, 0, 0],
      [0, 2, 3],
    ]);
  });

  it('adds up what is told of a cell twice, as of two layers', () => {
    expect(new Grid(1, 1).filled([{ cell: 0, clicks: 1 }, { cell: 0, clicks: 2 }])).toEqual([[3]]); // prettier-ignore
  });
});

describe('reach', () => {
  it.each(DEPTHS)('%d is a depth as clients write it', (depth) => {
    expect(Number(depth.toFixed(2))).toBe(depth);
  });

  it('is a share of the views whose depth is known, to 4 decimals', () => {
    const reached = [3, 2, 1, ...Array<number>(17).fill(0)];
    expect(reachOf(reached, 3).slice(0, 4).map(({ share }) => share)).toEqual([1, 0.6667, 0.3333, 0]); // prettier-ignore
  });

  it('is 0 where no depth is known', () => {
    expect(new Set(reachOf([], 0).map(({ share }) => share))).toEqual(new Set([0]));
  });
});

describe('the distribution of scroll_y', () => {
  it('fills the bands between, and ends with the last that has clicks', () => {
    expect(scrollDistribution([{ band: 2, clicks: 4 }, { band: 0, clicks: 1 }])).toEqual([
      { from: 0, to: 500, clicks: 1 },
      { from: 500, to: 1000, clicks: 0 },
      { from: 1000, to: 1500, clicks: 4 },
    ]); // prettier-ignore
  });

  it('is empty without clicks', () => {
    expect(scrollDistribution([])).toEqual([]);
  });
});
