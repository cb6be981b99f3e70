import fc from 'fast-check';
import { TimeRange } from '../../src/events/domain/time-range.js';
import { searchSpans } from '../../src/events/infrastructure/postgres/reading/search-spans.js';

const WEEK = 7 * 86_400_000;
const NOW = Date.parse('2026-01-15T12:00:00.000Z');

describe('searchSpans', () => {
  it('reaches back a week, five weeks, sixty weeks, then to the beginning', () => {
    expect(searchSpans(TimeRange.ALL, 'desc', NOW)).toEqual([
      TimeRange.halfOpen(NOW - WEEK, Infinity),
      TimeRange.halfOpen(NOW - 5 * WEEK, NOW - WEEK),
      TimeRange.halfOpen(NOW - 60 * WEEK, NOW - 5 * WEEK),
      TimeRange.halfOpen(-Infinity, NOW - 60 * WEEK),
    ]);
  });

  it('starts at the end of an older range', () => {
    const end = NOW - 100 * WEEK;
    expect(searchSpans(TimeRange.halfOpen(end - 2 * WEEK, end), 'desc', NOW)).toEqual([
      TimeRange.halfOpen(end - WEEK, end),
      TimeRange.halfOpen(end - 2 * WEEK, end - WEEK),
    ]);
  });

  it('oldest first it starts at the beginning of the range; without one everything is one span', () => {
    expect(searchSpans(TimeRange.halfOpen(NOW, NOW + 8 * WEEK), 'asc', NOW)).toEqual([
      TimeRange.halfOpen(NOW, NOW + WEEK),
      TimeRange.halfOpen(NOW + WEEK, NOW + 5 * WEEK),
      TimeRange.halfOpen(NOW + 5 * WEEK, NOW + 8 * WEEK),
    ]);
    expect(searchSpans(TimeRange.ALL, 'asc', NOW)).toEqual([TimeRange.ALL]);
  });

  it('parts every range without gap or overlap, in the order of the search', () => {
    const side = fc.oneof(
      fc.constantFrom(-Infinity, Infinity),
      fc.integer({ min: -80 * WEEK, max: 80 * WEEK }).map((offset) => NOW + offset),
    );
    fc.assert(
      fc.property(side, side, fc.constantFrom('desc' as const, 'asc' as const), (start, end, order) => {
        const spans = searchSpans(TimeRange.halfOpen(start, end), order, NOW);
        if (order === 'asc') spans.reverse();
        if (start >= end) return expect(spans).toEqual([]);
        expect(spans[0]?.end).toBe(end);
        expect(spans.at(-1)?.start).toBe(start);
        spans.slice(1).forEach((span, index) => expect(span.end).toBe(spans[index]?.start));
        for (const span of spans) expect(span.isEmpty).toBe(false);
      }),
    );
  });
});
