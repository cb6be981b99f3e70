import { HOUR_MS } from '../../src/events/domain/calendar.js';
import { TimeRange } from '../../src/events/domain/time-range.js';
import { hourOf, isWhole, outward, planHours } from '../../src/heatmap/domain/whole-hours.js';
import { BusyPages } from '../../src/heatmap/infrastructure/postgres/kept/busy-pages.js';
import { KeptHours } from '../../src/heatmap/infrastructure/postgres/kept/kept-hours.js';

const between = (from: number, to: number) => TimeRange.halfOpen(from * HOUR_MS, to * HOUR_MS);
const WEEK = between(1000, 1168);

describe('a window by whole hours', () => {
  const plan = (window: TimeRange, kept: readonly number[]) => {
    const { kept: used, spans } = planHours(window, (hour) => (kept.includes(hour) ? `hour ${hour}` : undefined));
    return [[...used.keys()], spans.map(({ start, end }) => [start / HOUR_MS, end / HOUR_MS])];
  };
  it.each([
    ['nothing is kept', between(1, 4), [], [[], [[1, 4]]]],
    ['all is kept', between(1, 4), [1, 2, 3], [[1, 2, 3], []]],
    ['the ends are no whole hours', between(1.5, 4.5), [1, 2, 3, 4], [[2, 3], [[1.5, 2], [4, 4.5]]]],
    ['there is one within an hour', between(1.2, 1.4), [1], [[], [[1.2, 1.4]]]],
    ['some are missing', between(1, 7), [2, 3, 5], [[2, 3, 5], [[1, 2], [4, 5], [6, 7]]]],
    ['so many are missing that all is read', between(0, 18), [1, 3, 5, 7, 9, 11, 13, 15], [[], [[0, 18]]]],
    ['it is empty', between(2, 2), [2], [[], []]],
  ] as const)('%s', (_, window, kept, expected) => {
    expect(plan(window, kept)).toEqual(expected);
  }); // prettier-ignore

  it('and the hours that touch it', () => {
    expect(outward(TimeRange.halfOpen(1, HOUR_MS + 1))).toEqual(between(0, 2));
    expect(outward(between(1, 2))).toEqual(between(1, 2));
    expect([hourOf(HOUR_MS - 1), hourOf(HOUR_MS)]).toEqual([0, 1]);
    expect([isWhole(1, between(1, 2)), isWhole(1, between(1.1, 3)), isWhole(1, between(0, 1.9))]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('the memory of kept hours', () => {
  const kept = (words: number) => ({ words: new Uint32Array(words), proof: 'proof' });

  it('is bounded: what was not asked for the longest goes', () => {
    const hours = new KeptHours(50_000);
    for (let hour = 0; hour < 100; hour += 1) {
      hours.keep('clicks 20 20 /', hour, kept(1_000));
      expect(hours.get('clicks 20 20 /', 0)).toBeDefined();
      expect(hours.bytes).toBeLessThanOrEqual(50_000);
    }
    expect(hours.get('clicks 20 20 /', 99)).toBeDefined();
    expect(hours.get('clicks 20 20 /', 50)).toBeUndefined();
    hours.keep('clicks 20 20 /', 99, kept(20_000)); // larger than all that may be kept
    expect(hours.get('clicks 20 20 /', 99)).toBeUndefined();
  });

  it('holds many empty hours for no less than they take', () => {
    const hours = new KeptHours(50_000);
    for (let hour = 0; hour < 1_000; hour += 1) hours.keep('views /', hour, kept(0));
    expect(hours.bytes).toBeLessThanOrEqual(50_000);
    expect(hours.get('views /', 0)).toBeUndefined();
  });
});

describe('a busy page', () => {
  const busy = (count: number, bytes: number, asked = WEEK) => {
    const pages = new BusyPages();
    pages.learn('clicks /', WEEK, count, bytes);
    return pages.isBusy('clicks /', asked);
  };

  it('has a hundred events an hour, and they fit', () => {
    expect([busy(16_800, 1), busy(16_799, 1)]).toEqual([true, false]);
    expect([busy(1_000_000, 24_000_000), busy(1_000_000, 24_000_001)]).toEqual([true, false]);
  });

  it('is not known before it was counted, for a longer window, or for an open one', () => {
    expect(new BusyPages().isBusy('clicks /', WEEK)).toBe(false);
    expect(busy(100_000, 1, between(1001, 1168))).toBe(true);
    expect(busy(100_000, 1, between(999, 1168))).toBe(false);
    expect(busy(100_000, 1, TimeRange.ALL)).toBe(false);
  });

  it('stays what the longest window, and what was packed, said of it', () => {
    const pages = new BusyPages();
    pages.learn('clicks /', WEEK, 100_000, 25_000_000);
    pages.learn('clicks /', WEEK, 100_000, 1);
    expect(pages.isBusy('clicks /', WEEK)).toBe(false);
    const others = new BusyPages();
    others.learn('clicks /', WEEK, 100_000, 1);
    others.learn('clicks /', between(1000, 1001), 0, 1);
    expect(others.isBusy('clicks /', WEEK)).toBe(true);
  });

  it('is not learned from a window of more than 31 days, or of less than an hour', () => {
    const pages = new BusyPages();
    pages.learn('clicks /', between(0, 31 * 24 + 1), 1e6, 1);
    pages.learn('views /', between(0, 0.9), 1e6, 1);
    expect([pages.isBusy('clicks /', WEEK), pages.isBusy('views /', between(0, 0.5))]).toEqual([false, false]);
  });
});
