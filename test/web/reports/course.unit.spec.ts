import type { Point } from '../../../src/metrics/application/answers/timeseries.answer.js';
import { isNamed, pairsOf } from '../../../src/web/app/src/views/reports/course.js';

const point = (time: string, total_clicks: number, total_conversions: number): Point => ({
  ...{ time, partial: false, total_clicks, total_conversions, total_sales: 0, total_votes: 0, total_views: 0 },
  conversion_rate: total_clicks === 0 ? 0 : (total_conversions / total_clicks) * 100,
  revenue: [],
});

describe('the course of a report', () => {
  const october = [point('2026-10-01', 10, 1), point('2026-10-02', 0, 0), point('2026-10-31', 30, 6)];
  const september = [point('2026-09-01', 5, 5), point('2026-09-02', 4, 1)];

  it('stands beside that of the one before, part by part; a 31st beside none', () => {
    expect(pairsOf('total_clicks', october, september)).toEqual([
      { time: '2026-10-01', now: 10, before: 5 },
      { time: '2026-10-02', now: 0, before: 4 },
      { time: '2026-10-31', now: 30, before: null },
    ]);
  });

  it('has no rate where there were no clicks', () => {
    expect(pairsOf('conversion_rate', october, september).map(({ now, before }) => [now, before])).toEqual([
      [10, 100],
      [null, 25],
      [20, null],
    ]);
  });

  it.each([
    [24, [0, 3, 6, 9, 12, 15, 18, 21]],
    [25, [0, 4, 8, 12, 16, 20, 24]],
    [7, [0, 1, 2, 3, 4, 5, 6]],
    [31, [0, 4, 8, 12, 16, 20, 24, 28]],
  ])('of %i parts these are named: %j', (parts, named) => {
    const places = Array.from({ length: parts }, (_, place) => place);
    expect(places.filter((place) => isNamed(place, parts))).toEqual(named);
  });
});
